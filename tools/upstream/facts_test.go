package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const pythonClasses = `class Kind(object):
    A = 0
    B = -7

class Thing(object):
    __slots__ = ['_tab']

def ThingStart(builder):
    builder.StartObject(3)

def ThingAddWeightScale(builder, weightScale):
    builder.PrependFloat32Slot(0, weightScale, 1.0)

def ThingAddOn(builder, on):
    builder.PrependBoolSlot(2, on, True)

def ThingAddShape(builder, shape):
    builder.PrependUOffsetTRelativeSlot(1, flatbuffers.number_types.UOffsetTFlags.py_type(shape), 0)

def ThingStartShapeVector(builder, numElems):
    return builder.StartVector(4, numElems, 4)
`

func TestPythonClassesSayTheSchema(t *testing.T) {
	want := facts{}
	want.addOwner("enum", "Kind")
	want.addOwner("table", "Thing")
	want.add("Kind.A", "Kind.A", "value 0")
	want.add("Kind.B", "Kind.B", "value -7")
	want.addField("Thing", "weight_scale", "id 0, Float32, default 1")
	want.addField("Thing", "on", "id 2, Bool, default 1")
	want.addField("Thing", "shape", "id 1, an offset, a vector of 4-byte elements")
	if d := cmp.Diff(want, pythonFacts(pythonClasses), cmp.AllowUnexported(fact{})); d != "" {
		t.Error(d)
	}
}

func TestDifferencesNameEachFact(t *testing.T) {
	ours, theirs := facts{}, facts{}
	for _, f := range []facts{ours, theirs} {
		f.addOwner("table", "T")
		f.addOwner("enum", "E")
		f.addField("T", "a", "id 0, an offset")
	}
	ours.addField("T", "b_c", "id 1, Bool, default 0")
	theirs.addField("T", "b_c", "id 1, Bool, default 1")
	theirs.addField("T", "c", "id 2, an offset")
	ours.addOwner("table", "Old")
	ours.addField("Old", "x", "id 0, an offset")
	ours.add("E.V", "E.V", "value 1")
	want := []string{
		"E.V: not in upstream's schema, ours has it (value 1)",
		"T.b_c: id 1, Bool, default 1, ours has id 1, Bool, default 0",
		"T.c: not in our schema, upstream's has it (id 2, an offset)",
		"table Old: not in upstream's schema, ours has it (there)",
	}
	if d := cmp.Diff(want, differences(ours, theirs)); d != "" {
		t.Error(d)
	}
	if d := differences(ours, ours); d != nil {
		t.Errorf("equal facts differ: %v", d)
	}
}

// Our schema says what the pinned release's says.
func TestOurSchemaIsUpstreams(t *testing.T) {
	python, bfbs := os.Getenv("PYTHON_SCHEMA"), os.Getenv("OUR_SCHEMA")
	if python == "" || bfbs == "" {
		t.Skip("PYTHON_SCHEMA and OUR_SCHEMA are set under Bazel only")
	}
	source, err := os.ReadFile(python)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(bfbs)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := schemaFacts(data)
	if err != nil {
		t.Fatal(err)
	}
	theirs := pythonFacts(string(source))
	if len(theirs) < 900 {
		t.Errorf("%d facts of upstream's schema, expected more than 900", len(theirs))
	}
	if d := differences(ours, theirs); d != nil {
		t.Errorf("%d differences:\n%s", len(d), strings.Join(d, "\n"))
	}
}
