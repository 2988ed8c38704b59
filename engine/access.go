package engine

import (
	"net/netip"
	"slices"
	"strings"

	"waybill"
)

// checkAccess holds a caller against its account's list of addresses and, where a web page asks, of origins.
// The address is always looked at, the origin only where a browser sent one.
func checkAccess(a waybill.Access, ip, origin string) error {
	if len(a.IPs) > 0 && !listsAddress(a.IPs, ip) {
		e := waybill.E("access", waybill.ReasonIP, "the address %s is not one that this account may be called from", ip)
		e.Fields = []waybill.FieldError{{Path: "ip", Rule: waybill.RuleExists, Value: ip, Message: e.Message}}
		return e
	}
	if len(a.Origins) > 0 && origin != "" && !listsOrigin(a.Origins, origin) {
		e := waybill.E("access", waybill.ReasonOrigin, "the origin %s is not one that this account may be called from", origin)
		e.Fields = []waybill.FieldError{{Path: "origin", Rule: waybill.RuleExists, Value: origin, Message: e.Message}}
		return e
	}
	return nil
}

func listsAddress(list []string, ip string) bool {
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return false
	}
	address = address.WithZone("").Unmap()
	return slices.ContainsFunc(list, func(entry string) bool {
		network, err := network(entry)
		return err == nil && network.Contains(address)
	})
}

// network reads an address or a network in CIDR form.
func network(entry string) (netip.Prefix, error) {
	if strings.Contains(entry, "/") {
		prefix, err := netip.ParsePrefix(entry)
		if a := prefix.Addr(); err == nil && a.Is4In6() && prefix.Bits() >= 96 { // ::ffff:192.0.2.0/120
			prefix = netip.PrefixFrom(a.Unmap(), prefix.Bits()-96)
		}
		return prefix.Masked(), err
	}
	address, err := netip.ParseAddr(entry)
	if err != nil {
		return netip.Prefix{}, err
	}
	address = address.Unmap()
	return netip.PrefixFrom(address, address.BitLen()), nil
}

func listsOrigin(list []string, origin string) bool {
	return slices.ContainsFunc(list, func(entry string) bool { return strings.EqualFold(entry, origin) })
}

// validAccess refuses what could never let anyone in: an entry that is no network, an origin that no browser sends.
func validAccess(a waybill.Access) error {
	var problems []waybill.FieldError
	for i, entry := range a.IPs {
		if _, err := network(entry); err != nil {
			problems = append(problems, waybill.FieldError{
				Path: "ips[" + itoa(i) + "]", Rule: waybill.RuleFormat, Value: entry, Message: "an address or a network in CIDR form is needed",
			})
		}
	}
	for i, entry := range a.Origins {
		scheme, host, ok := strings.Cut(entry, "://")
		if !ok || (scheme != "http" && scheme != "https") || host == "" || strings.ContainsAny(host, "/?#@ ") {
			problems = append(problems, waybill.FieldError{
				Path: "origins[" + itoa(i) + "]", Rule: waybill.RuleFormat, Value: entry, Message: "an origin is a scheme and a host, such as https://shop.example",
			})
		}
	}
	return waybill.FieldErrors("setup", problems)
}
