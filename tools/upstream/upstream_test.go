package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/suite"
)

func TestTheReportOfPipBecomesARelease(t *testing.T) {
	const report = `{"install": [{
		"download_info": {"url": "there/tensorflow_cpu-2.20.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "archive_info": {"hashes": {"sha256": "abc"}}},
		"metadata": {"version": "2.20.0", "requires_dist": ["absl-py>=1.0.0", "flatbuffers<26,>=24.3.25"]}}]}`
	r, err := fromReport([]byte(report))
	if err != nil {
		t.Fatal(err)
	}
	want := release{Version: "2.20.0", Wheel: "tensorflow_cpu-2.20.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", SHA256: "abc", Platform: "manylinux_2_17_x86_64", FlatBuffers: "24.3.25"}
	if d := cmp.Diff(want, *r); d != "" {
		t.Error(d)
	}
	if _, err := fromReport([]byte(strings.Replace(report, "sha256", "md5", 1))); err == nil {
		t.Error("a report without SHA-256 is taken")
	}
}

const builderAndModel = "PN11flatbuffers21FlatBufferBuilderImplILb0EEEPKN6tflite5ModelE"

func TestExportsAreFoundByTheirTypes(t *testing.T) {
	const custom = "mRKSt13unordered_mapINSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEENS1_12CustomOpInfoESt4hashISG_ESt8equal_toISG_ESaISt4pairIKSG_SH_EEE"
	const start = "_ZN4mlir4lite11toco_legacy15QuantizeWeightsE" + builderAndModel
	names := []string{
		start + "NS1_10BufferTypeEbNS1_13QuantizerTypeE",
		start + "mNS1_13QuantizerTypeE",
		start + custom + "NS1_13QuantizerTypeE",
		start + custom + "bRKN4absl12lts_2025012713flat_hash_setINS6_15BuiltinOperatorENSU_13hash_internal4HashISW_EESK_ISW_ESaISW_EEENS1_13QuantizerTypeE",
		"_ZN4mlir4lite11toco_legacy8internal15QuantizeWeightsE" + builderAndModel + "mbNS1_13QuantizerTypeE",
	}
	absl, missing := matchExports(names)
	if absl != "lts_20250127" || len(missing) > 0 {
		t.Errorf("absl is %q, missing: %v", absl, missing)
	}
	for i := range names {
		changed := append([]string{}, names...)
		changed[i] = strings.Replace(changed[i], "toco_legacy", "elsewhere", 1)
		if _, missing := matchExports(changed); len(missing) != 1 || missing[0] != exports[i] {
			t.Errorf("without %s these are missing: %v", names[i], missing)
		}
	}
}

// All places that state the release are found, and state the same one.
func TestAllPlacesStateTheSameRelease(t *testing.T) {
	root := "../.."
	if _, err := os.Stat("third_party"); err == nil { // Bazel runs this in the workspace
		root = "."
	}
	stated := func(e edit) string {
		data, err := os.ReadFile(filepath.Join(root, e.file))
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(e.pattern).FindAllSubmatch(data, -1)
		if len(found) != 1 {
			t.Fatalf("%s: %d places match %s, want one", e.file, len(found), e.pattern)
		}
		return string(found[0][1])
	}
	// With marks for values, edits tell which places are for the same.
	marked := &release{Version: "T", FlatBuffers: "F"}
	values := map[string][]string{}
	for _, e := range marked.edits() {
		value := stated(e)
		if e.value == marked.flatTag() {
			e.value, value = marked.FlatBuffers, strings.TrimSuffix(strings.TrimPrefix(value, "v"), "+incompatible")
		}
		values[e.value] = append(values[e.value], value)
	}
	for _, mark := range []string{"T", "F"} {
		if v := values[mark]; len(v) != 2 || v[0] != v[1] {
			t.Errorf("versions %q, want two that are the same", v)
		}
	}
}

func TestPinsAreReplacedOnceOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	write("a", "version = \"1\"\nsha256 = \"x\"\n")
	write("b", "version = \"1\"\nversion = \"2\"\n")
	version, twice := edit{"a", `version = "([^"]*)"`, "9"}, edit{"b", `version = "([^"]*)"`, "9"}
	if _, err := apply(dir, []edit{version, twice}); err == nil || read("a") != "version = \"1\"\nsha256 = \"x\"\n" {
		t.Errorf("%v, and a is %q: expected an error and no change", err, read("a"))
	}
	changed, err := apply(dir, []edit{version, {"a", `sha256 = "([^"]*)"`, "y"}})
	if err != nil || read("a") != "version = \"9\"\nsha256 = \"y\"\n" || len(changed) != 1 {
		t.Errorf("%v, %v, a is %q", err, changed, read("a"))
	}
	if changed, err := apply(dir, []edit{version}); err != nil || changed != nil {
		t.Errorf("%v: %v changed, expected none", err, changed)
	}
}

func TestChangesAreThoseOfTheSameModel(t *testing.T) {
	a := suite.Result{Suite: "s", Name: "a", Outcome: outcome.Equal}
	b := suite.Result{Suite: "s", Name: "b", Outcome: outcome.Equal}
	changed := suite.Result{Suite: "s", Name: "b", Outcome: outcome.Different, Detail: "buffers[12].data[3]: got 1, want 2"}
	pinned, release := []suite.Result{a, b}, []suite.Result{changed, a}
	changes, err := compareReleases(pinned, release)
	if err != nil || len(changes) != 1 {
		t.Fatalf("%v: %v", err, changes)
	}
	if got, want := changes[0].kind(), "s: was equal, now different (buffers[].data[])"; got != want {
		t.Errorf("%s, expected %s", got, want)
	}
	if _, err := compareReleases(pinned, release[:1]); err == nil {
		t.Error("a result without its like is taken")
	}
}

func TestPrunedModelsHaveWhatTheSchemaHas(t *testing.T) {
	f := facts{}
	f.addOwner("table", "AddOptions")
	for _, field := range []string{"Model.subgraphs", "SubGraph.operators", "Operator.builtin_options", "AddOptions.pot_scale_int16"} {
		table, name, _ := strings.Cut(field, ".")
		f.addField(table, name, "there")
	}
	operator := func(typ tflite.BuiltinOptions, value any) *tflite.OperatorT {
		return &tflite.OperatorT{OpcodeIndex: 1, BuiltinOptions: &tflite.BuiltinOptionsT{Type: typ, Value: value}}
	}
	m := &tflite.ModelT{Version: 3, Subgraphs: []*tflite.SubGraphT{{Name: "x", Operators: []*tflite.OperatorT{
		operator(tflite.BuiltinOptionsAddOptions, &tflite.AddOptionsT{FusedActivationFunction: 1, PotScaleInt16: true}),
		operator(tflite.BuiltinOptionsMulOptions, &tflite.MulOptionsT{}),
	}}}}
	if _, err := f.pruner([]string{"Model.nothing"}); err == nil {
		t.Error("a field that is not there is left out")
	}
	f.addField("Operator", "opcode_index", "there")
	prune, err := f.pruner([]string{"Operator.opcode_index"})
	if err != nil {
		t.Fatal(err)
	}
	prune(m)
	add := &tflite.BuiltinOptionsT{Type: tflite.BuiltinOptionsAddOptions, Value: &tflite.AddOptionsT{PotScaleInt16: true}}
	want := &tflite.ModelT{Subgraphs: []*tflite.SubGraphT{{Operators: []*tflite.OperatorT{
		{BuiltinOptions: add, DebugMetadataIndex: -1}, {BuiltinOptions: &tflite.BuiltinOptionsT{}, DebugMetadataIndex: -1}}, DebugMetadataIndex: -1}}}
	if d := cmp.Diff(want, m); d != "" {
		t.Error(d)
	}
}
