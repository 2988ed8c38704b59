package rule

import "slices"

// ActionInfo is what an action takes.
type ActionInfo struct {
	Do      Do
	Members []string // besides "do"
	Needs   string   // the member it cannot do without; empty: none
}

// Actions lists the actions, with the members that each takes.
func Actions() []ActionInfo {
	list := make([]ActionInfo, len(Dos))
	for i, do := range Dos {
		list[i] = ActionInfo{Do: do, Members: slices.Clone(membersOf[do]), Needs: needed[do]}
	}
	return list
}
