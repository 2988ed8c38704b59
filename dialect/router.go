package dialect

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// router finds a route by decoded path segments. It is our own because the standard one answers a
// double slash with a redirect and an unknown path or method in its own words, and clients of an old API
// get that API's words or nothing they can read.
type router struct{ root *node }

type node struct {
	literal map[string]*node
	any     *node // {name}
	routes  map[string]target
}

type target struct {
	route   Route
	pattern string
	names   []string // of the path's parameters, in order
}

// Find answers the pattern that a method and an escaped path fall under.
func (r Routes) Find(method, path string) (pattern string, found bool) {
	at, _ := newRouter(r).match(path)
	if at == nil {
		return "", false
	}
	t, found := at.routes[method]
	return t.pattern, found
}

func newRouter(routes Routes) *router {
	r := &router{root: &node{}}
	for pattern, route := range routes {
		method, path, ok := strings.Cut(pattern, " ")
		if !ok || !strings.HasPrefix(path, "/") || route.Op == "" || route.Call == nil {
			panic("dialect: route " + pattern + ` must be "METHOD /path" with an Op and a Call`)
		}
		r.add(method, path, route)
	}
	return r
}

func (r *router) add(method, path string, route Route) {
	at, names := r.root, []string(nil)
	for _, segment := range strings.Split(path[1:], "/") {
		if strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "}") {
			names = append(names, segment[1:len(segment)-1])
			if at.any == nil {
				at.any = &node{}
			}
			at = at.any
			continue
		}
		next := at.literal[segment]
		if next == nil {
			if at.literal == nil {
				at.literal = map[string]*node{}
			}
			next = &node{}
			at.literal[segment] = next
		}
		at = next
	}
	if at.routes == nil {
		at.routes = map[string]target{}
	}
	at.routes[method] = target{route: route, pattern: method + " " + path, names: names}
}

// find answers the route of a method and an escaped path. When the path is known but the method is
// not, allow lists the methods; an unknown path has no allow. A written-out segment wins over a
// {parameter}, so "list" is never somebody's reference.
func (r *router) find(method, path string) (route Route, params map[string]string, allow []string, found bool) {
	at, values := r.match(path)
	if at == nil {
		return Route{}, nil, nil, false
	}
	for m := range at.routes {
		allow = append(allow, m)
		if m == http.MethodGet {
			allow = append(allow, http.MethodHead)
		}
	}
	slices.Sort(allow)
	t, found := at.routes[method]
	params = map[string]string{}
	for i, name := range t.names {
		params[name] = values[i]
	}
	return t.route, params, allow, found
}

// match answers the node of an escaped path and what stands for its parameters.
func (r *router) match(path string) (*node, []string) {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, s := range segments {
		decoded, err := url.PathUnescape(s)
		if err != nil || strings.Contains(decoded, "\x00") || !utf8.ValidString(decoded) {
			return nil, nil // nothing is called so: no database keeps such text
		}
		segments[i] = decoded
	}
	return r.root.match(segments, nil)
}

func (n *node) match(segments, values []string) (*node, []string) {
	if len(segments) == 0 {
		if n.routes == nil {
			return nil, nil
		}
		return n, values
	}
	if next := n.literal[segments[0]]; next != nil {
		if at, v := next.match(segments[1:], values); at != nil {
			return at, v
		}
	}
	if n.any == nil || segments[0] == "" {
		return nil, nil
	}
	return n.any.match(segments[1:], append(values[:len(values):len(values)], segments[0]))
}
