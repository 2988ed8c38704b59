package sqlstore_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"waybill"
	"waybill/store"
	"waybill/store/sqlstore"
	"waybill/store/storetest"
)

// stays says why rows of a table outlive the account that they are of.
var stays = map[string]string{
	"wallet": "money: books are kept as long as the law wants",
	"entry":  "money",
	"audit":  "who did what is kept, that somebody deleted the account among it",
	"tenant": "counts changes, so that every node hears of the removal",
}

// nobodys says why a table has nothing of an account.
var nobodys = map[string]string{
	"counter": "the next number of the installation", "moment": "when the installation did something last", "upkeep": "how far a change of all records has come",
	"blob": "by its sum: it goes with the last document that has it", "applied": "which transactions were committed", "goose_db_version": "which migrations ran",
}

// column is one of a table.
type column struct {
	name string
	text bool
}

// schema reads what tables a database has, and their columns.
func schema(t *testing.T, s *sqlstore.Store) map[string][]column {
	t.Helper()
	query := "select m.name || ' ' || c.name || ' ' || lower(c.type) from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite_%'"
	if s.Flavour() == "postgres" {
		query = "select table_name || ' ' || column_name || ' ' || data_type from information_schema.columns where table_schema = current_schema() and is_identity = 'NO' order by ordinal_position"
	}
	list, err := s.Strings(query)
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string][]column{}
	for _, line := range list {
		part := strings.SplitN(line, " ", 3)
		if part[1] == "seq" { // given by the database
			continue
		}
		tables[part[0]] = append(tables[part[0]], column{part[1], part[2] == "text"})
	}
	return tables
}

// holds counts the rows of a table that have a word in a column of text.
func holds(t *testing.T, s *sqlstore.Store, table string, columns []column, word string) int {
	t.Helper()
	var where []string
	for _, c := range columns {
		if c.text {
			where = append(where, `"`+c.name+`" = '`+word+`'`)
		}
	}
	if where == nil {
		return 0
	}
	rows, err := s.Strings(`select 'x' from "` + table + `" where ` + strings.Join(where, " or "))
	if err != nil {
		t.Fatal(table, err)
	}
	return len(rows)
}

// plant puts a row into a table whose texts are all one word: it is of that account, shipment, connection and purchase.
func plant(t *testing.T, s *sqlstore.Store, table string, columns []column, word string, fixed map[string]string) {
	t.Helper()
	var names, values []string
	for _, c := range columns {
		names = append(names, `"`+c.name+`"`)
		value := "0"
		switch {
		case fixed[c.name] != "":
			value = fixed[c.name]
		case c.text:
			value = "'" + word + "'"
		case c.name == "body" || c.name == "payload" || c.name == "data":
			value = `'{"v":1}'`
			if s.Flavour() == "sqlite" {
				value = `cast('{"v":1}' as blob)`
			}
		case c.name == "version":
			value = "1"
		}
		values = append(values, value)
	}
	if err := s.Exec(`insert into "` + table + `" (` + strings.Join(names, ", ") + ") values (" + strings.Join(values, ", ") + ")"); err != nil {
		t.Fatalf("%s: %v", table, err)
	}
}

// TestNothingOfAnAccountIsLeft: whatever table has something of an account, or hangs on what it has, is empty of it after its
// removal, but for those that stay with a reason; another account keeps all. A table that nobody thought of fails.
func TestNothingOfAnAccountIsLeft(t *testing.T) {
	for _, open := range []func(testing.TB, waybill.Clock) *sqlstore.Store{storetest.SQLite, storetest.PostgreSQL} {
		s := open(t, nil)
		t.Run(s.Flavour(), func(t *testing.T) {
			tables := schema(t, s)
			if len(tables) < 40 {
				t.Fatalf("the schema has %d tables", len(tables))
			}
			var planted []string
			for table, columns := range tables {
				if nobodys[table] != "" {
					if slices.ContainsFunc(columns, func(c column) bool { return c.name == "account" }) {
						t.Errorf("%s is of accounts", table)
					}
					continue
				}
				planted = append(planted, table)
				for _, word := range []string{"gone", "kept"} {
					switch table {
					case "setup":
						for _, noun := range sqlstore.SetupNouns() {
							id := "'" + word + noun + "'"
							if noun == "connection" { // what others hang on
								id = "'" + word + "'"
							}
							plant(t, s, table, columns, word, map[string]string{"noun": "'" + noun + "'", "id": id, "parent": "''"})
						}
					case "delivery":
						for _, state := range []string{"pending", "delivered", "dead", "skipped"} {
							plant(t, s, table, columns, word, map[string]string{"state": "'" + state + "'", "id": "'" + word + state + "'"})
						}
					case "job":
						for i, kind := range append([]waybill.JobKind{""}, waybill.JobKinds...) {
							ready := "1"
							if kind == "" {
								ready, kind = "0", waybill.JobDeliver
							}
							one := fmt.Sprintf("'%s%d'", word, i)
							plant(t, s, table, columns, word, map[string]string{"kind": "'" + string(kind) + "'", "ready": ready, "id": one, "key": one, "lane": one})
						}
					case "term":
						plant(t, s, table, columns, word, map[string]string{"noun": "'shipment'"})
					default:
						plant(t, s, table, columns, word, nil)
					}
				}
			}
			kept := map[string]int{}
			for _, table := range planted {
				if kept[table] = holds(t, s, table, tables[table], "kept"); kept[table] == 0 {
					t.Errorf("%s holds nothing to begin with", table)
				}
			}
			for n := 1; n > 0; {
				err := s.Update(t.Context(), waybill.System(""), func(tx store.Tx) (err error) {
					n, err = tx.Forgetting().Account("gone", 2)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			left := map[string]int{"setup": 1, "job": 1} // the account's own record, and the removal itself
			for _, table := range planted {
				n := holds(t, s, table, tables[table], "gone")
				if stays[table] != "" {
					if n == 0 {
						t.Errorf("%s is gone: %s", table, stays[table])
					}
				} else if n != left[table] {
					t.Errorf("%s still has %d rows of a removed account", table, n)
				}
				if n := holds(t, s, table, tables[table], "kept"); n != kept[table] {
					t.Errorf("%s has %d rows of another account, of %d", table, n, kept[table])
				}
			}
		})
	}
}
