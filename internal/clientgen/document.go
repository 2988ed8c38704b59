package main

import (
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// document is what is read of an OpenAPI document.
type document struct {
	Paths      map[string]map[string]operation `yaml:"paths"`
	Components struct {
		Schemas map[string]*schema `yaml:"schemas"`
	} `yaml:"components"`
}

type operation struct {
	ID          string      `yaml:"operationId"`
	Summary     string      `yaml:"summary"`
	Description string      `yaml:"description"`
	Tags        []string    `yaml:"tags"`
	Parameters  []parameter `yaml:"parameters"`
	Body        *struct {
		Required bool             `yaml:"required"`
		Content  map[string]media `yaml:"content"`
	} `yaml:"requestBody"`
	Responses map[string]struct {
		Content map[string]media `yaml:"content"`
	} `yaml:"responses"`

	method, path string
}

type parameter struct {
	Name        string  `yaml:"name"`
	In          string  `yaml:"in"`
	Description string  `yaml:"description"`
	Schema      *schema `yaml:"schema"`
}

type media struct {
	Schema *schema `yaml:"schema"`
}

// schema is as much of a JSON Schema as the API's document uses.
type schema struct {
	Ref         string             `yaml:"$ref"`
	Type        oneOrMany          `yaml:"type"`
	Format      string             `yaml:"format"`
	Description string             `yaml:"description"`
	Properties  map[string]*schema `yaml:"properties"`
	Required    []string           `yaml:"required"`
	Items       *schema            `yaml:"items"`
	OneOf       []*schema          `yaml:"oneOf"`
	Enum        []any              `yaml:"enum"`
	Default     any                `yaml:"default"`
	Additional  additional         `yaml:"additionalProperties"`
}

// oneOrMany is a type, or a type and null.
type oneOrMany string

// UnmarshalYAML takes the type that is not null.
func (t *oneOrMany) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*t = oneOrMany(node.Value)
		return nil
	}
	var list []string
	err := node.Decode(&list)
	for _, name := range list {
		if name != "null" {
			*t = oneOrMany(name)
		}
	}
	return err
}

// additional is what members without a name are; nil where there may be none, or any.
type additional struct{ of *schema }

// UnmarshalYAML reads a schema; true and false say nothing that matters here.
func (a *additional) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		return nil
	}
	return node.Decode(&a.of)
}

// named is the name a reference ends with.
func (s *schema) named() string { return strings.TrimPrefix(s.Ref, "#/components/schemas/") }

// all lists the operations by resource and path, as a reader looks for them.
func (d document) all() []operation {
	var list []operation
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range []string{"get", "post", "put", "patch", "delete"} {
			if o, ok := d.Paths[path][method]; ok {
				o.method, o.path = strings.ToUpper(method), path
				list = append(list, o)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b operation) int { return strings.Compare(a.Tags[0], b.Tags[0]) })
	return list
}
