// Package savedmodel reads what a TensorFlow SavedModel says about itself: tags,
// signatures and whether it has variables. It reads neither graphs nor weights.
package savedmodel

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/internal/mapping"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// A Model is the file saved_model.pb of a SavedModel.
type Model struct {
	Dir    string
	Graphs []Graph // with the indices of its MetaGraphDefs
}

// A Graph is a MetaGraphDef: one of the graphs of a SavedModel.
type Graph struct {
	Tags       []string // in ascending order
	Signatures []string // keys that can be called, in ascending order
	Variables  []string // names of the nodes that hold one, in the order of the file
}

// An Error says which file of a SavedModel is wrong and how.
type Error struct {
	Path string
	Err  error
}

func (e *Error) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns the system's error where there is one.
func (e *Error) Unwrap() error { return e.Err }

const (
	fileName    = "saved_model.pb"
	textName    = "saved_model.pbtxt"
	dividedName = "saved_model.cpb"
	indexName   = "variables/variables.index"
	dataPattern = "variables/variables.data-*-of-*"
)

// Read reads the SavedModel in a folder. Its errors are *Error.
func Read(dir string) (*Model, error) {
	path := filepath.Join(dir, fileName)
	file, err := mapping.Open(path)
	if err != nil {
		return nil, cannotOpen(dir, err)
	}
	defer file.Close()
	m := &Model{Dir: dir}
	err = file.Use(func() error { return m.read(file.Data) })
	if err == nil && len(m.Graphs) == 0 {
		err = errMalformed
	}
	if err != nil {
		return nil, &Error{path, err}
	}
	return m, nil
}

var errFolder = errors.New("want the folder of a SavedModel, which model.export or tf.saved_model.save makes")

func cannotOpen(dir string, err error) error {
	info, statErr := os.Stat(dir)
	switch {
	case errors.Is(statErr, fs.ErrNotExist):
		return &Error{dir, fmt.Errorf("there is no such folder: %w", errFolder)}
	case statErr == nil && !info.IsDir():
		return &Error{dir, fmt.Errorf("it is a file: %w", errFolder)}
	case !errors.Is(err, fs.ErrNotExist):
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return &Error{filepath.Join(dir, fileName), err}
	}
	for _, other := range []string{textName, dividedName} {
		if _, err := os.Stat(filepath.Join(dir, other)); err == nil {
			return &Error{filepath.Join(dir, other), fmt.Errorf("it is not read: want %s; tf.saved_model.load and tf.saved_model.save turn the one into the other", fileName)}
		}
	}
	return &Error{dir, fmt.Errorf("it has no %s: %w", fileName, errFolder)}
}

// Numbers of fields in TensorFlow's saved_model.proto, meta_graph.proto, graph.proto
// and node_def.proto.
const (
	savedModelMetaGraphs = 2

	metaGraphInfo      = 1
	metaGraphGraph     = 2
	metaGraphSignature = 5

	infoTags = 4

	graphNodes = 1

	nodeName = 1
	nodeOp   = 2
)

func (m *Model) read(data []byte) error {
	return fields(data, func(number uint64, value []byte) error {
		if number != savedModelMetaGraphs {
			return nil
		}
		var g Graph
		if err := g.read(value); err != nil {
			return err
		}
		slices.Sort(g.Tags)
		slices.Sort(g.Signatures)
		m.Graphs = append(m.Graphs, g)
		return nil
	})
}

// notCalled are the keys that TensorFlow uses for itself.
var notCalled = []string{"__saved_model_init_op", "__saved_model_train_op"}

func (g *Graph) read(metaGraph []byte) error {
	return fields(metaGraph, func(number uint64, value []byte) error {
		switch number {
		case metaGraphInfo:
			return fields(value, func(number uint64, value []byte) error {
				if number == infoTags {
					g.Tags = append(g.Tags, string(value))
				}
				return nil
			})
		case metaGraphGraph:
			return g.readNodes(value)
		case metaGraphSignature:
			key, err := entry(value)
			if err == nil && !slices.Contains(notCalled, key) {
				g.Signatures = append(g.Signatures, key)
			}
			return err
		}
		return nil
	})
}

// variableOps are the operators that hold a variable whose value is in the folder
// variables.
var variableOps = []string{"VarHandleOp", "VariableV2", "Variable"}

// readNodes reads the nodes of a graph.
func (g *Graph) readNodes(graph []byte) error {
	return fields(graph, func(number uint64, value []byte) error {
		if number != graphNodes {
			return nil
		}
		var name, op string
		err := fields(value, func(number uint64, value []byte) error {
			switch number {
			case nodeName:
				name = string(value)
			case nodeOp:
				op = string(value)
			}
			return nil
		})
		if slices.Contains(variableOps, op) {
			g.Variables = append(g.Variables, name)
		}
		return err
	})
}

// Graph returns the graph that has exactly these tags. The error names those there
// are.
func (m *Model) Graph(tags []string) (*Graph, error) {
	tags = slices.Sorted(slices.Values(tags))
	for i := range m.Graphs {
		if slices.Equal(m.Graphs[i].Tags, tags) {
			return &m.Graphs[i], nil
		}
	}
	return nil, fmt.Errorf("%s has no graph with the tags %s: want %s", m.Dir, quoted(tags), m.tagSets())
}

func (m *Model) tagSets() string {
	var sets []string
	for _, g := range m.Graphs {
		sets = append(sets, quoted(g.Tags))
	}
	return strings.Join(sets, " or ")
}

func quoted(tags []string) string { return `"` + strings.Join(tags, ",") + `"` }

// CheckVariables reports where the files of the graph's variables are missing. The
// error is an *Error.
func (m *Model) CheckVariables(g *Graph) error {
	if len(g.Variables) == 0 {
		return nil
	}
	lacking := ""
	if _, err := os.Stat(filepath.Join(m.Dir, indexName)); err != nil {
		lacking = indexName
	} else if data, err := filepath.Glob(escaped(m.Dir) + "/" + dataPattern); err == nil && len(data) == 0 {
		lacking = "variables/variables.data-00000-of-00001"
	}
	if lacking == "" {
		return nil
	}
	return &Error{filepath.Join(m.Dir, lacking), fmt.Errorf("there is no such file, and the model has %s, such as %q: copy the whole folder that was saved", text.Count(len(g.Variables), "variable", "variables"), g.Variables[0])}
}

// escaped is a folder's name as a pattern that it alone matches.
func escaped(dir string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(dir)
}
