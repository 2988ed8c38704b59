package lynkup_test
import ("testing";"context";"waybill";"waybill/engine")
func TestDbg(t *testing.T){
 w:=newWorld(t)
 a,err:=engine.Gate{Engine:w.engine}.Authenticate(context.Background(),"lynkup",w.Authorization[7:],"")
 t.Log(a,err,w.account.ID)
 cs,err:=w.admin().ListClients(context.Background()); t.Log(cs,err)
 _=waybill.ID("")
}
