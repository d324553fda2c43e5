package savedmodel_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/internal/savedmodel"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
)

func sample() savedmodels.Model {
	call := savedmodels.Calls("x", []int64{-1, 2}, "x", []int64{-1, 2})
	x := savedmodels.Placeholder("x", -1, 2)
	return savedmodels.Model{
		{Tags: []string{"serve"}, Nodes: append(savedmodels.Variable("v", 2), x), Signatures: map[string]savedmodels.Signature{"b": call, "a": call, "__saved_model_init_op": call}},
		{Tags: []string{"serve", "gpu"}, Nodes: []savedmodels.Node{x}},
	}
}

func save(t *testing.T, m savedmodels.Model) string {
	t.Helper()
	dir := t.TempDir()
	if err := m.Save(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestRead(t *testing.T) {
	dir := save(t, sample())
	got, err := savedmodel.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := &savedmodel.Model{Dir: dir, Graphs: []savedmodel.Graph{
		{Tags: []string{"serve"}, Signatures: []string{"a", "b"}, Variables: []string{"v/handle"}},
		{Tags: []string{"gpu", "serve"}},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestGraphsAreFoundByAllTheirTags(t *testing.T) {
	m, err := savedmodel.Read(save(t, sample()))
	if err != nil {
		t.Fatal(err)
	}
	for tags, want := range map[string]int{"serve": 0, "gpu serve": 1, "serve gpu": 1, "gpu": -1, "": -1} {
		g, err := m.Graph(strings.Fields(tags))
		switch {
		case want < 0 && (err == nil || !strings.HasSuffix(err.Error(), `: want "serve" or "gpu,serve"`)):
			t.Errorf("%q: %v", tags, err)
		case want >= 0 && g != &m.Graphs[want]:
			t.Errorf("%q: %v, %v, want graph %d", tags, g, err, want)
		}
	}
}

func TestWhatIsNoSavedModel(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"file": "", "text/saved_model.pbtxt": "", "divided/saved_model.cpb": "", "other/readme": "", "bad/saved_model.pb": "no model", "empty/saved_model.pb": ""} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	const folder = "want the folder of a SavedModel, which model.export or tf.saved_model.save makes"
	for name, want := range map[string]string{
		"none":    "none: there is no such folder: " + folder,
		"file":    "file: it is a file: " + folder,
		"other":   "other: it has no saved_model.pb: " + folder,
		"text":    "text/saved_model.pbtxt: it is not read: want saved_model.pb; tf.saved_model.load and tf.saved_model.save turn the one into the other",
		"divided": "divided/saved_model.cpb: it is not read: want saved_model.pb; tf.saved_model.load and tf.saved_model.save turn the one into the other",
		"bad":     "bad/saved_model.pb: not a valid SavedModel: want the file that TensorFlow wrote, whole",
		"empty":   "empty/saved_model.pb: not a valid SavedModel: want the file that TensorFlow wrote, whole",
	} {
		_, err := savedmodel.Read(filepath.Join(dir, name))
		var e *savedmodel.Error
		if !errors.As(err, &e) || err.Error() != filepath.Join(dir, want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

func TestFilesOfVariables(t *testing.T) {
	dir := save(t, sample())
	m, err := savedmodel.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.CheckVariables(&m.Graphs[1]); err != nil {
		t.Errorf("a graph without variables: %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "variables"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"variables/variables.index", "variables/variables.data-00000-of-00001"} {
		err := m.CheckVariables(&m.Graphs[0])
		if err == nil || !strings.HasPrefix(err.Error(), filepath.Join(dir, file)+": there is no such file") {
			t.Errorf("%v, want %s to be missed", err, file)
		}
		if err := os.WriteFile(filepath.Join(dir, file), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.CheckVariables(&m.Graphs[0]); err != nil {
		t.Error(err)
	}
}

// Files of any content are read or refused.
func FuzzRead(f *testing.F) {
	whole := sample().Bytes()
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, "saved_model.pb"), data, 0o666); err != nil {
			t.Fatal(err)
		}
		m, err := savedmodel.Read(dir)
		if (m == nil) == (err == nil) {
			t.Errorf("%v, %v", m, err)
		}
	})
}
