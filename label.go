package waybill

// LabelFormat is what a printer or viewer understands.
type LabelFormat string

// The formats labels come in. GIF is what some carriers return; callers ask for the first three.
const (
	PDF LabelFormat = "pdf"
	PNG LabelFormat = "png"
	ZPL LabelFormat = "zpl"
	GIF LabelFormat = "gif"
	// FormatFace is our own label not yet drawn: a Face that any of pdf, png and zpl is made from.
	FormatFace LabelFormat = "face"
)

// MediaType is the format's HTTP content type.
func (f LabelFormat) MediaType() string {
	switch f {
	case PDF:
		return "application/pdf"
	case PNG:
		return "image/png"
	case GIF:
		return "image/gif"
	case ZPL:
		return "text/plain; charset=utf-8"
	default:
		return "application/octet-stream"
	}
}

// LabelSpec is the label wanted: always 4x6 inches, in a format and at a print head's resolution.
type LabelSpec struct {
	Format LabelFormat
	DPI    int // 203 or 300
}

// Label is one parcel's label as the carrier returned it, or the face of one we draw ourselves.
type Label struct {
	Parcel int // index into the shipment's parcels
	Format LabelFormat
	DPI    int
	Data   []byte // empty for FormatFace
	Face   *Face
}

// Face is what is written on a label that we draw: carrier-neutral, 4x6 inches, after ISO 15394 and
// the GS1 logistic label. A carrier's own label is never redrawn.
type Face struct {
	Carrier        string // heading
	Service        string
	Sample         string // not empty: printed large, for labels that must not travel
	From           Party
	To             Party
	ShipDate       string // YYYY-MM-DD
	Piece, Pieces  int
	Weight         Weight
	Reference      string
	Reference2     string
	Routing        string // sort text, such as a depot or zone
	Instructions   string
	TrackingNumber string // Code 128
	SSCC           string // 18 digits; not empty: GS1-128 with AI 00 is the licence plate
	Matrix         string // text of the 2D code; empty: none
}

// DocumentKind says what a paper is for.
type DocumentKind string

// The closed list of kinds.
const (
	DocumentLabel       DocumentKind = "label"
	DocumentReturnLabel DocumentKind = "return_label"
	DocumentCustoms     DocumentKind = "customs"
	DocumentManifest    DocumentKind = "manifest"
)

// Document is a paper that belongs to a shipment or return; one of a manifest has that as its Shipment. Its bytes are
// in the blob store under Blob; a label we draw ourselves has a Face instead and is drawn when asked for.
type Document struct {
	Row
	Shipment ID
	Return   ID
	Purchase ID
	Kind     DocumentKind
	Parcel   int
	Tracking string
	Format   LabelFormat
	DPI      int
	Blob     string // SHA-256 of the bytes, hexadecimal
	Size     int
	Face     *Face
}
