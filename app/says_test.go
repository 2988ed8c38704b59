package app

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"slices"
	"testing"

	"waybill"
	"waybill/label/labeltest"
	"waybill/store"
)

// says reports whether a word can be read in data, as it is or after what is packed in it is unpacked: the pages of a PDF,
// deflated streams, as PDF and PNG have them, gzip and zip.
func says(t *testing.T, data []byte, word string) bool {
	t.Helper()
	if bytes.Contains(bytes.ToLower(data), []byte(word)) {
		return true
	}
	if bytes.HasPrefix(data, []byte("%PDF")) && bytes.Contains(bytes.ToLower([]byte(labeltest.Text(t, data))), []byte(word)) {
		return true
	}
	return slices.ContainsFunc(unpacked(data), func(inner []byte) bool { return says(t, inner, word) })
}

// unpacked are the texts that are packed in data, wherever they begin.
func unpacked(data []byte) (list [][]byte) {
	if bytes.HasPrefix(data, []byte("SQLite format 3")) {
		return nil // which packs nothing, and has every beginning somewhere
	}
	take := func(r io.Reader, err error) {
		if err != nil {
			return
		}
		if text, _ := io.ReadAll(io.LimitReader(r, 64<<20)); len(text) > 8 { // what is broken off is read as far as it goes
			list = append(list, text)
		}
	}
	for i := 0; i+2 < len(data); i++ {
		switch rest := data[i:]; {
		case rest[0] == 0x78 && (int(rest[0])<<8+int(rest[1]))%31 == 0:
			take(zlib.NewReader(bytes.NewReader(rest)))
		case rest[0] == 0x1f && rest[1] == 0x8b && rest[2] == 8:
			take(gzip.NewReader(bytes.NewReader(rest)))
		}
	}
	if files, err := zip.NewReader(bytes.NewReader(data), int64(len(data))); err == nil {
		for _, file := range files.File {
			take(file.Open())
		}
	}
	return list
}

// paper gives a shipment one more paper, whose pages are compressed and have the recipient's name on them. It answers where
// it is stored.
func (h *household) paper(shipment map[string]any, reference string) string {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), "GET", h.url+"/shipments/"+reference+"/label?format=pdf", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+DemoKey)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close()
	pdf, err := io.ReadAll(answer.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	if bytes.Contains(bytes.ToLower(pdf), []byte(gone)) || !says(h.t, pdf, gone) {
		h.t.Fatal("the page's text is not compressed, or the name is not on it")
	}
	sum, err := h.Store.Blobs().Put(h.t.Context(), pdf)
	if err != nil {
		h.t.Fatal(err)
	}
	err = h.Store.Update(h.t.Context(), waybill.System(""), func(tx store.Tx) error {
		sh, err := tx.Shipments().Get(waybill.ID(shipment["id"].(string)))
		if err != nil {
			return err
		}
		return tx.Documents().Put(&waybill.Document{
			Row: waybill.Row{ID: h.Engine.IDs.New(), Account: sh.Account}, Shipment: sh.ID, Kind: waybill.DocumentCustoms, Format: waybill.PDF, Blob: sum, Size: len(pdf),
		})
	})
	if err != nil {
		h.t.Fatal(err)
	}
	if h.Config.Database != "" {
		return "blob.data"
	}
	return sum
}

// TestWhatIsPackedIsRead: the search for a person is not fooled by compression.
func TestWhatIsPackedIsRead(t *testing.T) {
	const word = "zqpacked"
	text := []byte("a long text with a name: ZQPacked, and more of it, a long text with a name")
	pack := func(make func(io.Writer) io.WriteCloser) []byte {
		var out bytes.Buffer
		out.WriteString("some bytes before it ")
		w := make(&out)
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	deflated := pack(func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })
	packed := map[string][]byte{
		"plain": text, "deflated": deflated,
		"gzip":           pack(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }),
		"gzip of a gzip": pack(func(w io.Writer) io.WriteCloser { return nested{gzip.NewWriter(w)} }),
		"zip": pack(func(w io.Writer) io.WriteCloser {
			z := zip.NewWriter(w)
			z.SetOffset(int64(len("some bytes before it ")))
			file, err := z.CreateHeader(&zip.FileHeader{Name: "a.txt", Method: zip.Deflate})
			if err != nil {
				t.Fatal(err)
			}
			return zipped{file, z}
		}),
	}
	for name, data := range packed {
		if name != "plain" && bytes.Contains(bytes.ToLower(data), []byte(word)) {
			t.Errorf("%s: it is not packed", name)
		}
		if !says(t, data, word) {
			t.Errorf("%s: the word is not found", name)
		}
		if says(t, data, "zqother") {
			t.Errorf("%s: a word is found that is not there", name)
		}
	}
}

// nested packs twice.
type nested struct{ *gzip.Writer }

func (n nested) Write(p []byte) (int, error) {
	w := gzip.NewWriter(n.Writer)
	defer w.Close()
	return w.Write(p)
}

// zipped is a file of an archive that is closed with it.
type zipped struct {
	io.Writer
	io.Closer
}
