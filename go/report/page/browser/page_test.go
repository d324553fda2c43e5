package browser

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/chromium"
	"github.com/tflite-quantize/tflite-quantize/internal/cli"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func TestMain(m *testing.M) { os.Exit(chromium.Run(m)) }

// A user of the page, with helpers for what is seen.
type user struct {
	*testing.T
	*chromium.Browser
}

// wants checks what a script gives.
func (u *user) wants(want any, script string) {
	u.Helper()
	var got any
	u.Eval(script, &got)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		u.Errorf("%s: got %v, want %v", script, got, want)
	}
}

// pageOf writes the page of --report for a model, and returns its address.
func pageOf(t *testing.T, m *tflite.ModelT, arguments ...string) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("BUILD_WORKSPACE_DIRECTORY", "")
	data, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	model, page := filepath.Join(dir, "m.tflite"), filepath.Join(dir, "m.html")
	if err := os.WriteFile(model, data, 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if code := cli.Run(append([]string{model, "--report", page}, arguments...), &out, &out); code != 0 {
		t.Fatalf("exit code %d: %s", code, &out)
	}
	return "file://" + page
}

// hostile is a model whose names try to be markup, with a lookup, and more operators than
// the graph shows at once.
func hostile() *tflite.ModelT {
	m := synthetic.Sample()
	sg := m.Subgraphs[0]
	sg.Tensors[1].Name = `</script><script>document.title = "broken"</script>`
	sg.Tensors[4].Name = `<img src="x" onerror="document.title = 'broken'">`
	last := sg.Outputs[0]
	relu := uint32(len(m.OperatorCodes))
	m.OperatorCodes = append(m.OperatorCodes, &tflite.OperatorCodeT{BuiltinCode: tflite.BuiltinOperatorRELU, DeprecatedBuiltinCode: int8(tflite.BuiltinOperatorRELU), Version: 1})
	for i := range 200 {
		next := *sg.Tensors[last]
		next.Name = fmt.Sprint("relu", i)
		sg.Tensors = append(sg.Tensors, &next)
		sg.Operators = append(sg.Operators, &tflite.OperatorT{OpcodeIndex: relu, Inputs: []int32{last}, Outputs: []int32{int32(len(sg.Tensors) - 1)}})
		last = int32(len(sg.Tensors) - 1)
	}
	sg.Outputs[0] = last
	return m
}

const rows = `document.querySelectorAll("#tensor-table tr.row").length`

func TestAReaderUsesThePage(t *testing.T) {
	u := &user{t, chromium.Start(t)}
	u.Show(1280, 900, "light")
	u.Open(pageOf(t, hostile()))
	u.wants("m.int8.tflite: quantization report", `document.title`)

	u.wants(3, rows) // constants that changed
	u.Eval(`document.querySelector("#tensor-table select").value = "all"; document.querySelector("#tensor-table select").dispatchEvent(new Event("change"))`, nil)
	u.wants(100, rows)
	u.Eval(`[...document.querySelectorAll("#tensor-table .more button")].pop().click()`, nil)
	u.wants(211, rows)

	names := `[...document.querySelectorAll("#tensor-table tr.row .open")].slice(0, 2).map((b) => b.textContent).join()`
	u.Eval(`document.querySelector("#tensor-table th .sort").click()`, nil)
	u.wants("ascending", `document.querySelector("#tensor-table th").ariaSort`)
	u.wants("</script><script>document.title = \"broken\"</script>,<img src=\"x\" onerror=\"document.title = 'broken'\">", names)
	u.Eval(`document.querySelector("#tensor-table th .sort").click()`, nil)
	u.wants("descending", `document.querySelector("#tensor-table th").ariaSort`)
	u.wants("up/shape,up/filter", names)

	u.Eval(`const s = document.querySelector("#tensor-table input[type=search]"); s.value = "UP/fil weights"; s.dispatchEvent(new Event("input"))`, nil)
	u.wants("up/filter", names)
	u.wants("1 tensor, of 211 in the model", `document.querySelector("#tensor-table .status").textContent`)

	u.Eval(`document.querySelector("#tensor-table tr.row .open").focus()`, nil)
	u.Press("Enter")
	u.wants("true", `document.activeElement.ariaExpanded`)
	u.wants(true, `document.querySelector("tr.details").textContent.includes("int8 per tensor: weights of TRANSPOSE_CONV 3; dequantized for")`)
	u.wants(2, `document.querySelectorAll("tr.details figure").length`)
	before := `document.querySelector("tr.details figure > svg > path.step").getAttribute("d")`
	u.Eval(`window.linear = `+before, nil)
	u.Eval(`document.querySelector("#tensor-table input[type=checkbox]").focus()`, nil)
	u.Press("Space")
	u.wants(true, `document.activeElement.checked`)
	u.wants(true, before+` !== linear`)
	u.Eval(`document.querySelector("#tensor-table tr.row .open").focus()`, nil)
	u.Press("Space")
	u.wants("false", `document.activeElement.ariaExpanded`)
	u.wants(0, `document.querySelectorAll("tr.details").length`)

	for _, words := range u.Complaints() {
		t.Error(words)
	}
}

func TestAReaderFollowsTheGraph(t *testing.T) {
	u := &user{t, chromium.Start(t)}
	u.Show(1280, 900, "dark")
	u.Open(pageOf(t, hostile()))
	operators := `document.querySelectorAll(".op").length`
	u.wants(150, operators)
	u.wants(true, `document.querySelectorAll(".edge").length >= 149`)
	u.Eval(`[...document.querySelectorAll("#operator-graph .more button")].pop().click()`, nil)
	u.wants(55, operators)
	u.wants("150", `document.querySelector(".op .number").textContent`)
	u.Eval(`document.querySelector("#operator-graph input[type=checkbox]").click()`, nil)
	u.wants(1, operators)
	u.wants(true, `document.querySelector(".op").textContent.startsWith("3DEQUANTIZEaddedturns weights back")`)
	u.Eval(`document.querySelector(".op .open").click()`, nil) // to its weights
	u.wants("up/filter", `document.activeElement.textContent`)
	u.wants("true", `document.activeElement.ariaExpanded`)
	for _, words := range u.Complaints() {
		t.Error(words)
	}
}

// Nothing is wider than a phone, whatever the names.
func TestThePageFitsAPhone(t *testing.T) {
	u := &user{t, chromium.Start(t)}
	m := hostile()
	m.Subgraphs[0].Tensors[9].Name = strings.Repeat("long", 1000)
	u.Show(360, 700, "light")
	u.Open(pageOf(t, m))
	u.Eval(`document.querySelectorAll("tr.row .open").forEach((b) => b.click())`, nil)
	u.wants(360, `document.documentElement.scrollWidth`)
}

// axe-core finds nothing, in both colours, with all that can be opened open.
func TestThePageIsAccessible(t *testing.T) {
	axe, err := os.ReadFile(chromium.Runfile(t, "axe_core/package/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	u := &user{t, chromium.Start(t)}
	page := pageOf(t, hostile())
	for _, scheme := range []string{"light", "dark"} {
		u.Show(1280, 900, scheme)
		u.Open(page)
		u.Eval(`document.querySelectorAll("tr.row .open").forEach((b) => b.click())`, nil)
		u.Eval(string(axe), nil)
		var found struct {
			Violations []string
			Passes     int
		}
		u.Eval(`axe.run().then((r) => ({ Passes: r.passes.length, Violations: r.violations.map((v) => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + " " + n.failureSummary).join("; ")) }))`, &found)
		if found.Passes < 20 {
			t.Errorf("%s: only %d rules were checked", scheme, found.Passes)
		}
		for _, v := range found.Violations {
			t.Errorf("%s: %s", scheme, v)
		}
	}
}

// A page of 100,000 tensors shows its largest, and can be searched and sorted.
func TestThePageOfAHugeModelWorks(t *testing.T) {
	u := &user{t, chromium.Start(t)}
	m := synthetic.Sample()
	sg := m.Subgraphs[0]
	for i := range 100_000 {
		sg.Tensors = append(sg.Tensors, &tflite.TensorT{Name: fmt.Sprintf("scope/%d/values", i), Shape: []int32{1}, HasRank: true})
	}
	u.Show(1280, 900, "light")
	u.Open(pageOf(t, m))
	u.Eval(`document.querySelector("#tensor-table select").value = "all"; document.querySelector("#tensor-table select").dispatchEvent(new Event("change"))`, nil)
	u.wants(100, rows)
	u.wants(true, `document.querySelector("#tensors").parentElement.textContent.includes("80,011 smaller ones are not")`)
	u.Eval(`const s = document.querySelector("#tensor-table input[type=search]"); s.value = "scope/12345/"; s.dispatchEvent(new Event("input"))`, nil)
	u.wants(1, rows)
}
