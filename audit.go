package waybill

// AuditAction is what was done to a record of the set-up.
type AuditAction string

// The closed list of actions.
const (
	AuditCreated AuditAction = "created"
	AuditChanged AuditAction = "changed"
	AuditDeleted AuditAction = "deleted"
	AuditUsed    AuditAction = "used" // as it is: fields say for what
)

// AuditActions lists every action.
var AuditActions = []AuditAction{AuditCreated, AuditChanged, AuditDeleted, AuditUsed}

// AuditEntry says that somebody made, changed or removed a record of the set-up. It is written with the change and
// never changed itself. It names the members that changed, never what they held: secrets are among them.
type AuditEntry struct {
	Row
	Kind      string // which noun: connection, rule…
	Record    ID
	Name      string // the record's key, as it then was
	Action    AuditAction
	Fields    []string // members that changed, such as settings.currency, or what it was used for; empty for a record that came or went
	Actor     string   // name of who did it
	ActorID   ID
	ActorKind ActorKind
	IP        string
	Dialect   string
}
