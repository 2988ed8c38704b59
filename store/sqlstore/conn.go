package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// sqliteConn is one connection with its prepared statements. One goroutine uses it at a time.
type sqliteConn struct {
	conn    *sql.Conn
	readers map[string]*sql.Stmt
	writers map[string]driver.Stmt
	args    []driver.NamedValue // of the statement that runs
	ctx     context.Context     // of the View that reads; Background for the writer
}

// statements is how many of a kind are kept: lists have many forms.
const statements = 500

func newConn(c *sql.Conn) *sqliteConn {
	return &sqliteConn{conn: c, readers: map[string]*sql.Stmt{}, writers: map[string]driver.Stmt{}}
}

// query runs a reading statement.
func (c *sqliteConn) query(query string, args []any) (*sql.Rows, error) {
	stmt, ok := c.readers[query]
	if !ok {
		if len(c.readers) >= statements { // begin anew
			for _, stmt := range c.readers {
				stmt.Close()
			}
			clear(c.readers)
		}
		var err error
		if stmt, err = c.conn.PrepareContext(context.Background(), query); err != nil {
			return nil, err
		}
		c.readers[query] = stmt
	}
	return stmt.QueryContext(c.ctx, args...)
}

// exec runs a statement that answers no rows. It goes to the driver itself: the writer runs a dozen for every
// order, and database/sql would look at each argument and take each lock once more.
func (c *sqliteConn) exec(query string, args []any) (affected int64, err error) {
	err = c.conn.Raw(func(raw any) error {
		stmt, err := c.writer(raw, query)
		if err != nil {
			return err
		}
		c.args = c.args[:0]
		for i, arg := range args {
			if !driver.IsValue(arg) {
				if arg, err = driver.DefaultParameterConverter.ConvertValue(arg); err != nil {
					return err
				}
			}
			c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: arg})
		}
		result, err := stmt.(driver.StmtExecContext).ExecContext(c.ctx, c.args)
		if err != nil {
			return err
		}
		affected, err = result.RowsAffected()
		return err
	})
	return affected, err
}

func (c *sqliteConn) writer(raw any, query string) (driver.Stmt, error) {
	if stmt, ok := c.writers[query]; ok {
		return stmt, nil
	}
	if len(c.writers) >= statements {
		c.forget()
	}
	stmt, err := raw.(driver.ConnPrepareContext).PrepareContext(context.Background(), query)
	if err == nil {
		c.writers[query] = stmt
	}
	return stmt, err
}

func (c *sqliteConn) forget() {
	for _, stmt := range c.writers {
		stmt.Close()
	}
	clear(c.writers)
}

// close gives the connection back.
func (c *sqliteConn) close() error {
	err := c.conn.Raw(func(any) error {
		c.forget()
		return nil
	})
	if closing := c.conn.Close(); err == nil {
		err = closing
	}
	return err
}
