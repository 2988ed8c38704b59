package delhiverysim

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/boombuler/barcode/code128"
)

// linkLife is how long a label's address is good.
const linkLife = 24 * time.Hour

// packingSlip gives an address for each label's PDF, or the data to draw it from. A cancelled parcel has none.
func (s *Sim) packingSlip(r *http.Request) (any, error) {
	q := r.URL.Query()
	size := q.Get("pdf_size")
	if size != "" && size != "A4" && size != "4R" {
		return &answer{status: http.StatusBadRequest, json: map[string]string{"error": "pdf_size must be A4 or 4R"}}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	packages := []map[string]any{}
	for _, number := range list(q.Get("wbns")) {
		p := s.memory.byNumber[number]
		if p == nil || p.Cancelled {
			continue
		}
		if q.Get("pdf") == "true" {
			packages = append(packages, map[string]any{"wbn": number, "pdf_download_link": s.link(r, number, size), "pdf_encoding": ""})
			continue
		}
		packages = append(packages, s.slip(p))
	}
	return map[string]any{"packages": packages, "packages_found": len(packages)}, nil
}

// slip is the data of a label.
func (s *Sim) slip(p *parcel) map[string]any {
	o := p.Order
	to, _ := lookup(string(o.Pin))
	from := s.memory.places[p.Place]
	return map[string]any{
		"wbn": p.Waybill, "oid": o.Order, "cl": o.Client, "cd": stamp(p.BookedAt), "sort_code": to.sortCode(), "name": o.Name, "address": o.Add,
		"pin": o.Pin, "contact": o.Phone, "destination": to.center(), "destination_city": o.City, "st": o.State, "origin": from.Name,
		"origin_city": from.City, "snm": o.SellerName, "sadd": o.SellerAdd, "pt": o.payment(), "cod": o.CODAmount, "rs": o.TotalAmount,
		"weight": o.Weight, "qty": o.Quantity, "prd": o.ProductsDesc, "mot": o.mode(), "ewbn": append([]string{}, p.Ewaybill...),
	}
}

// link is the signed address of a label's file in a store of its own, under the path the simulator is reached by.
func (s *Sim) link(r *http.Request, number, size string) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	prefix := strings.TrimSuffix(path, r.URL.Path)
	file := number + ".pdf"
	expires := strconv.FormatInt(s.Clock.Now().Add(linkLife).Unix(), 10)
	query := url.Values{"Expires": {expires}, "Size": {size}, "Signature": {s.signature(file, size, expires)}}
	return "http://" + r.Host + prefix + "/_storage/labels/" + file + "?" + query.Encode()
}

func (s *Sim) signature(parts ...string) string {
	mac := hmac.New(sha256.New, []byte(s.opts.Token))
	mac.Write([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(mac.Sum(nil))
}

// labelFile serves a label to whoever has its address. Like the stores that do this, it will not have two proofs at
// once: a request that carries a token too is refused.
func (s *Sim) labelFile(w http.ResponseWriter, r *http.Request) {
	q, file := r.URL.Query(), r.PathValue("file")
	expires, err := strconv.ParseInt(q.Get("Expires"), 10, 64)
	refuse := func(status int, code string) {
		(&answer{status: status, kind: "application/xml", text: "<Error><Code>" + code + "</Code></Error>"}).write(w)
	}
	good := hmac.Equal([]byte(q.Get("Signature")), []byte(s.signature(file, q.Get("Size"), q.Get("Expires"))))
	switch {
	case r.Header.Get("Authorization") != "":
		refuse(http.StatusBadRequest, "InvalidArgument")
		return
	case err != nil || !good:
		refuse(http.StatusForbidden, "SignatureDoesNotMatch")
		return
	case s.Clock.Now().Unix() > expires:
		refuse(http.StatusForbidden, "AccessDenied")
		return
	}
	s.mu.Lock()
	p := s.memory.byNumber[strings.TrimSuffix(file, ".pdf")]
	var from place
	if p != nil {
		p, from = p.clone(), s.memory.places[p.Place]
	}
	s.mu.Unlock()
	if p == nil {
		refuse(http.StatusNotFound, "NoSuchKey")
		return
	}
	pdf, err := draw(p, from, q.Get("Size"))
	if err != nil {
		refuse(http.StatusInternalServerError, "InternalError")
		return
	}
	w.Header().Set("Content-Type", "application/pdf")
	_, _ = w.Write(pdf) // a client that has gone is no concern of a simulator
}

// draw prints a label of 4 by 6 inches, alone or on a sheet of A4.
func draw(p *parcel, from place, size string) ([]byte, error) {
	page := fpdf.SizeType{Wd: 101.6, Ht: 152.4}
	if size == "A4" {
		page = fpdf.SizeType{Wd: 210, Ht: 297}
	}
	pdf := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "mm", Size: page})
	pdf.SetCreationDate(p.BookedAt)
	pdf.SetModificationDate(p.BookedAt)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(4, 4, 4)
	pdf.AddPage()
	latin := pdf.UnicodeTranslatorFromDescriptor("")
	line := func(size float64, style, format string, args ...any) {
		pdf.SetFont("Helvetica", style, size)
		pdf.MultiCell(93.6, size*0.42, latin(fmt.Sprintf(format, args...)), "", "L", false)
	}
	o := p.Order
	to, _ := lookup(string(o.Pin))
	line(15, "B", "SAMPLE - NOT FOR CARRIAGE")
	line(11, "B", "Delhivery (simulated)   %s", map[string]string{"E": "Express", "S": "Surface"}[o.mode()])
	if err := bars(pdf, p.Waybill, 6, pdf.GetY()+3, 88, 22); err != nil {
		return nil, err
	}
	pdf.SetY(pdf.GetY() + 27)
	line(12, "B", "%s          %s", p.Waybill, to.sortCode())
	line(10, "", "%s: %s", o.payment(), map[bool]string{true: "collect INR " + string(o.CODAmount), false: "collect nothing"}[o.PaymentMode == "COD"])
	line(10, "B", "To: %s", o.Name)
	line(9, "", "%s\n%s, %s %s\n%s", o.Add, o.City, o.State, o.Pin, o.Phone)
	line(9, "", "From: %s, %s, %s %s", from.Name, from.Address, from.City, from.Pin)
	line(9, "", "Seller: %s, %s", o.SellerName, o.SellerAdd)
	line(9, "", "%s\nQuantity %s   Weight %s g   Value INR %s", o.ProductsDesc, o.Quantity, o.Weight, o.TotalAmount)
	line(8, "", "Order %s", o.Order)
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// bars draws a text as Code 128 in a box.
func bars(pdf *fpdf.Fpdf, content string, x, y, width, height float64) error {
	code, err := code128.Encode(content)
	if err != nil {
		return err
	}
	modules := code.Bounds().Dx()
	each := width / float64(modules)
	dark := func(i int) bool {
		r, _, _, _ := image.Image(code).At(i, 0).RGBA()
		return r == 0
	}
	pdf.SetFillColor(0, 0, 0)
	for i := 0; i < modules; i++ {
		run := 0
		for i+run < modules && dark(i+run) {
			run++
		}
		if run > 0 {
			pdf.Rect(x+float64(i)*each, y, float64(run)*each, height, "F")
			i += run
		}
	}
	return nil
}
