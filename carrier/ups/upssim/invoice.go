package upssim

import (
	"bytes"
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// invoice prints the customs invoice that a shipment with international forms gets: one page, clearly a sample.
func invoice(b *shipment) (*form, error) {
	f, o := b.Order.options().InternationalForms, b.Order
	doc := fpdf.New("P", "mm", "Letter", "")
	doc.SetCreationDate(b.BookedAt)
	doc.SetModificationDate(b.BookedAt)
	doc.AddPage()
	toLatin := doc.UnicodeTranslatorFromDescriptor("")
	line := func(style string, size float64, text string) {
		doc.SetFont("Helvetica", style, size)
		doc.MultiCell(0, size*0.5, toLatin(text), "", "L", false)
	}
	line("B", 16, "COMMERCIAL INVOICE - SAMPLE / SIMULATED UPS")
	line("", 10, fmt.Sprintf("Invoice %s of %s   Waybill %s   Reason: %s", f.InvoiceNumber, f.InvoiceDate, b.ID, f.ReasonForExport))
	line("B", 10, "\nFrom")
	line("", 10, strings.Join(senderLines(o.from(), false), "\n"))
	line("B", 10, "\nTo")
	address, city := receiverLines(o.ShipTo, false)
	line("", 10, strings.Join(append(address, city...), "\n"))
	line("B", 10, "\nGoods")
	for _, p := range f.Product {
		text := fmt.Sprintf("%s   HS %s   origin %s", strings.Join(p.Description, " "), p.CommodityCode, p.OriginCountryCode)
		if p.Unit != nil {
			text += fmt.Sprintf("   %s x %s %s", p.Unit.Number, p.Unit.Value, f.CurrencyCode)
		}
		line("", 10, text)
	}
	var buf bytes.Buffer
	if err := doc.Output(&buf); err != nil {
		return nil, fmt.Errorf("print invoice: %w", err)
	}
	out := &form{Code: "01", Description: "All Requested International Forms"}
	out.Image.ImageFormat = coded{"PDF", "PDF"}
	out.Image.GraphicImage = buf.Bytes()
	return out, nil
}
