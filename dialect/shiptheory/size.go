package shiptheory

import (
	"context"
	"encoding/json"
	"net/http"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

var sizeSorts = map[string]string{
	"id": "id", "name": "name", "length": "length", "width": "width", "height": "height", "active": "-disabled",
}

func decodeSizes(r *dialect.Request) (paging, error) {
	v := r.Asked()
	return decodePaging(v, sizeSorts), v.Errors(opSizes)
}

func listSizes(s engine.Session, ctx context.Context, in paging) (listed[waybill.PackageSize], error) {
	list, err := s.ListPackageSizes(ctx, in.ListSetup)
	return listed[waybill.PackageSize]{in, list.Items, list.Total}, err
}

// packageSize is a named box. Its sides are the figures it was set up with: this API has no unit for them.
type packageSize struct {
	ID       int64        `json:"id"`
	Name     string       `json:"name"`
	Length   *json.Number `json:"length"`
	Width    *json.Number `json:"width"`
	Height   *json.Number `json:"height"`
	Active   bool         `json:"active"`
	Created  string       `json:"created"`
	Modified string       `json:"modified"`
}

func encodeSizes(_ *dialect.Request, l listed[waybill.PackageSize]) dialect.Reply {
	sizes := make([]packageSize, 0, len(l.items))
	for _, s := range l.items {
		sizes = append(sizes, packageSize{
			ID: s.Number, Name: s.Name, Active: !s.Disabled, Created: stamp(s.Created), Modified: stamp(s.Updated),
			Length: dialect.Number(s.Size.Length), Width: dialect.Number(s.Size.Width), Height: dialect.Number(s.Size.Height),
		})
	}
	return dialect.JSON(http.StatusOK, struct {
		Sizes      []packageSize `json:"package_sizes"`
		Pagination pagination    `json:"pagination"`
	}{sizes, l.asShown()})
}
