package page_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/loss"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/report/page"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func modelOf(path string, m *tflite.ModelT) *page.Model {
	n := int64(0)
	for _, b := range m.Buffers {
		n += int64(len(b.Data))
	}
	return &page.Model{Model: m, File: &report.Report{Input: report.File{Path: path, Bytes: n + 1000, ModelBytes: n + 1000}}}
}

// pairOf is a page about a model and what options make of it, with all that is known.
func pairOf(t *testing.T, m *tflite.ModelT, o quantize.Options) *page.Input {
	t.Helper()
	p, err := quantize.NewPlan(m, o)
	if err != nil {
		t.Fatal(err)
	}
	data, err := quantize.Bytes(m, o)
	if err != nil {
		t.Fatal(err)
	}
	made, err := tflite.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return &page.Input{
		Before: modelOf("dir/float.tflite", m), After: modelOf("dir/made.tflite", made), Plan: report.OfPlan("float.tflite", p),
		Made: []string{"Made <so>."}, Command: "quantize '<m>.tflite'", Program: []string{"quantize 1 & 2"},
		Measured: &page.Measured{
			Title: "<runtime>",
			Kernels: []page.Kernels{
				{Name: "builtin", Outputs: []page.Output{{Name: "<o>", SNR: "40 dB", Largest: "0.1", SameArgmax: "1 of 1"}}, Time: &page.Time{Before: page.Interval{Low: 1, Median: 2, High: 3}, After: page.Interval{Low: 1, Median: 1, High: 2}, Words: "2x"}},
				{Name: "xnnpack", Error: "<refused>"},
			},
			Layers: []page.Output{{Name: "l"}},
		},
	}
}

func write(t *testing.T, in *page.Input) string {
	t.Helper()
	var out bytes.Buffer
	if err := page.Write(context.Background(), &out, in); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// inputs are pages of each kind.
func inputs(t *testing.T) map[string]*page.Input {
	m := synthetic.Sample()
	other := synthetic.Sample()
	other.Subgraphs[0].Tensors[1].Name = "another"
	whole := pairOf(t, m, quantize.Options{})
	bare := *whole
	bare.Plan, bare.Measured = nil, nil
	unchanged := *whole
	plan := *whole.Plan
	plan.Unchanged = "the new file would have more bytes"
	unchanged.Plan, unchanged.After = &plan, unchanged.Before
	return map[string]*page.Input{
		"one":       {Before: modelOf("m.tflite", m)},
		"whole":     whole,
		"float16":   pairOf(t, m, quantize.Options{BufferType: quantize.Float16}),
		"unknown":   &bare,
		"unchanged": &unchanged,
		"others":    {Before: modelOf("a", m), After: modelOf("b", other)},
		"nothing":   {Before: modelOf("empty", &tflite.ModelT{Version: 3, Buffers: []*tflite.BufferT{{}}, Subgraphs: []*tflite.SubGraphT{{}}})},
	}
}

var (
	code   = regexp.MustCompile(`(?s)(<(?:script|style)[^>]*>).*?(</(?:script|style)>)`)
	asking = regexp.MustCompile(`(?i)https?:|\bsrc\s*=|@import|url\(|href="[^#d]|href="data:[^,]|fetch\(|XMLHttp|WebSocket|innerHTML|eval\(`)
)

// A page is balanced markup in which every id is that of one element, loads nothing, and
// is the same each time.
func TestPagesAreWellFormedAndLoadNothing(t *testing.T) {
	for name, in := range inputs(t) {
		got := write(t, in)
		if found := asking.FindString(got); found != "" {
			t.Errorf("%s: has %q", name, found)
		}
		if got != write(t, in) {
			t.Errorf("%s: the same input gives other bytes", name)
		}
		ids := map[string]bool{}
		decoder := xml.NewDecoder(strings.NewReader(code.ReplaceAllString(strings.TrimPrefix(got, "<!DOCTYPE html>"), "$1$2")))
		for {
			token, err := decoder.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
			if e, ok := token.(xml.StartElement); ok {
				for _, a := range e.Attr {
					if a.Name.Local == "id" && ids[a.Value] {
						t.Errorf("%s: two elements have the id %s", name, a.Value)
					}
					ids[a.Value] = ids[a.Value] || a.Name.Local == "id"
				}
			}
		}
		for _, link := range regexp.MustCompile(`href="#([a-z]+)"`).FindAllStringSubmatch(got, -1) {
			if !ids[link[1]] {
				t.Errorf("%s: a link leads to #%s, which is nowhere", name, link[1])
			}
		}
	}
}

func TestPagesSayWhatTheirInputKnows(t *testing.T) {
	all := inputs(t)
	for _, c := range []struct{ page, has string }{
		{"one", "Model report"},
		{"one", "nothing is quantized"},
		{"whole", "<h1>made.tflite</h1>"},
		{"whole", "made of float.tflite"},
		{"whole", "1 in float32 (TRANSPOSE_CONV), weights turned back once"},
		{"whole", `<span class="answer yes">yes</span>`},
		{"whole", `quantize &#39;&lt;m&gt;.tflite&#39;`},
		{"whole", "Made &lt;so&gt;."},
		{"whole", "Not run: &lt;refused&gt;"},
		{"whole", "2.00 ms"},
		{"whole", `DEQUANTIZE <span class="badge added">added</span>`},
		{"whole", `9 <span class="was">before: 1</span>`},
		{"unchanged", "the file is the model as it was, byte for byte: the new file would have more bytes"},
	} {
		if !strings.Contains(write(t, all[c.page]), c.has) {
			t.Errorf("%s: lacks %q", c.page, c.has)
		}
	}
	if strings.Contains(write(t, all["unknown"]), `id="runtimes"`) {
		t.Error("a page without a plan has runtimes")
	}
}

// dataOf reads the data of a page.
func dataOf(t *testing.T, got string) *page.Data {
	t.Helper()
	_, data, _ := strings.Cut(got, `<script type="application/json" id="data">`)
	data, _, _ = strings.Cut(data, "</script>")
	if strings.ContainsAny(data, "<>&") {
		t.Error("the data have characters of markup")
	}
	var d page.Data
	if err := json.Unmarshal([]byte(data), &d); err != nil {
		t.Fatal(err)
	}
	return &d
}

func rowNamed(t *testing.T, d *page.Data, name string) *page.Tensor {
	t.Helper()
	for i := range d.Tensors {
		if d.Tensors[i].Name == name {
			return &d.Tensors[i]
		}
	}
	t.Fatalf("no tensor %q", name)
	return nil
}

func sum(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}

func TestTensorsHaveWhatWasMadeOfThem(t *testing.T) {
	in := inputs(t)["whole"]
	d := dataOf(t, write(t, in))
	p, err := quantize.NewPlan(in.Before.Model, quantize.Options{})
	if err != nil {
		t.Fatal(err)
	}
	losses, err := loss.Of(context.Background(), p, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.Encoded {
		e := &p.Encoded[i]
		row := rowNamed(t, d, in.Before.Model.Subgraphs[0].Tensors[e.Tensor].Name)
		if row.To != "INT8" || !row.Differs || 4*row.BytesAfter != row.Bytes || row.Why == "" || row.Format == nil {
			t.Errorf("%+v", row)
		}
		if want := fmt.Sprintf("%.3g", losses[i].Max); row.Error == nil || fmt.Sprintf("%.3g", *row.Error.Max) != want || fmt.Sprintf("%.3g", *row.Error.SNR) != fmt.Sprintf("%.3g", losses[i].Decibels()) {
			t.Errorf("%s: error %+v, want that of %+v", row.Name, row.Error, losses[i])
		}
		if h := row.Histogram; h == nil || sum(h.Before) != row.BytesAfter || sum(h.After) != row.BytesAfter || len(h.Before) > 64 {
			t.Errorf("%s: %+v", row.Name, h)
		}
		if h := row.Histogram; h != nil && (h.Low > -0.99 || h.Low < -1.1 || h.High < 0.99 || h.High > 1.1) { // of sines
			t.Errorf("%s: ranges from %v to %v", row.Name, h.Low, h.High)
		}
		if len(row.Scales) != row.Format.Count || row.Scales[0] <= 0 {
			t.Errorf("%s: %d scales, want %d", row.Name, len(row.Scales), row.Format.Count)
		}
	}
	bias := rowNamed(t, d, "conv/bias")
	if bias.Differs || bias.Error != nil || bias.Histogram == nil || bias.Histogram.After != nil || bias.To != "FLOAT32" {
		t.Errorf("%+v", bias)
	}
}

func TestOperatorsHaveTheirInputs(t *testing.T) {
	d := dataOf(t, write(t, inputs(t)["whole"]))
	var words []string
	for _, o := range d.Operators {
		words = append(words, fmt.Sprint(o.Operator, o.Added, o.From, o.Computes))
	}
	want := []string{
		"CONV_2Dfalse []integer weights, float32 values",
		"FULLY_CONNECTEDfalse [0]integer weights, float32 values",
		"FULLY_CONNECTEDfalse [1]float32",
		"DEQUANTIZEtrue []turns weights back",
		"TRANSPOSE_CONVfalse [2 3]float32 from weights that DEQUANTIZE turns back",
	}
	if strings.Join(words, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s", strings.Join(words, "\n"))
	}
	if c := d.Operators[3].Constants; len(c) != 1 || d.Tensors[c[0]].Name != "up/filter" {
		t.Errorf("DEQUANTIZE reads %v", c)
	}
}

// Names are text: of whatever they are, the page has two scripts, its own.
func TestHostileNamesAreText(t *testing.T) {
	m := synthetic.Sample()
	const name = "</script><script>alert(1)</script><!--\u2028\u202e{{.}}\x00\xff'\"`]]>"
	m.Description = name
	m.Subgraphs[0].Name = name
	for _, x := range m.Subgraphs[0].Tensors {
		x.Name += name
	}
	m.OperatorCodes = append(m.OperatorCodes, &tflite.OperatorCodeT{BuiltinCode: tflite.BuiltinOperatorCUSTOM, DeprecatedBuiltinCode: 32, CustomCode: name, Version: 1})
	m.Subgraphs[0].Operators[2].OpcodeIndex = uint32(len(m.OperatorCodes) - 1)
	m.Metadata = []*tflite.MetadataT{{Name: name}}
	m.SignatureDefs = []*tflite.SignatureDefT{{SignatureKey: name, Inputs: []*tflite.TensorMapT{{Name: name}}}}
	in := pairOf(t, m, quantize.Options{})
	in.Before.File.Input.Path, in.Made, in.Command, in.Measured.Title = name, []string{name}, name, name
	got := write(t, in)
	if n := strings.Count(strings.ToLower(got), "<script"); n != 2 {
		t.Errorf("%d scripts", n)
	}
	for _, bad := range []string{"<!--", "\x00", "\u2028", "alert(1)<"} {
		if strings.Contains(got, bad) {
			t.Errorf("has %q", bad)
		}
	}
	dataOf(t, got)
}

// The size of a page is bounded, whatever the model holds.
func TestTheSizeIsBounded(t *testing.T) {
	m := &tflite.ModelT{Version: 3, Buffers: []*tflite.BufferT{{}, {Data: make([]byte, 4)}}, Subgraphs: []*tflite.SubGraphT{{}}, OperatorCodes: []*tflite.OperatorCodeT{{BuiltinCode: tflite.BuiltinOperatorCUSTOM, DeprecatedBuiltinCode: 32, CustomCode: strings.Repeat("<", 5000), Version: 1}}}
	sg, name := m.Subgraphs[0], strings.Repeat("<", 5000)
	inputs := []int32{}
	for i := range 30_000 {
		sg.Tensors = append(sg.Tensors, &tflite.TensorT{Name: name, Shape: []int32{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, Buffer: 1})
		sg.Outputs = append(sg.Outputs, int32(i))
		if i < 1000 {
			inputs = append(inputs, int32(i))
		}
	}
	for i := range 30_000 {
		sg.Operators = append(sg.Operators, &tflite.OperatorT{Inputs: inputs[:min(i, len(inputs))], Outputs: []int32{int32(i)}})
	}
	got := write(t, &page.Input{Before: modelOf("m", m)})
	if n := len(got); n > 20_000*(900+1700)+1_000_000 {
		t.Errorf("%d bytes", n)
	}
	if d := dataOf(t, got); len(d.Tensors) != 20_000 || len(d.Operators) != 20_000 {
		t.Errorf("%d tensors, %d operators", len(d.Tensors), len(d.Operators))
	}
	for _, words := range []string{"10,000 smaller ones are not", "10,000 more operators are not listed"} {
		if !strings.Contains(got, words) {
			t.Errorf("lacks %q", words)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestErrorsOfWriting(t *testing.T) {
	in := &page.Input{Before: modelOf("m", synthetic.Sample())}
	if err := page.Write(context.Background(), full{}, in); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if err := page.Write(done, io.Discard, in); err != context.Canceled {
		t.Error(err)
	}
	in.Before.Model.Subgraphs[0].Tensors[0].Buffer = 99
	if err := page.Write(context.Background(), io.Discard, in); !errors.Is(err, quantize.ErrModel) {
		t.Error(err)
	}
}

// The policy names the styles and the program that the page has, and no others.
func TestThePolicyHasTheHashesOfThePagesParts(t *testing.T) {
	var b bytes.Buffer
	if err := page.Write(context.Background(), &b, &page.Input{Before: modelOf("m.tflite", synthetic.Sample())}); err != nil {
		t.Fatal(err)
	}
	for part, directive := range map[string]string{"<style>(?s:(.*?))</style>": "style-src", "<script>(?s:(.*?))</script>": "script-src"} {
		found := regexp.MustCompile(part).FindSubmatch(b.Bytes())
		if found == nil {
			t.Fatalf("%s: there is none", directive)
		}
		sum := sha256.Sum256(found[1])
		want := fmt.Sprintf("%s 'sha256-%s'", directive, base64.StdEncoding.EncodeToString(sum[:]))
		if got := html.UnescapeString(b.String()); !strings.Contains(got, want) {
			t.Errorf("the policy lacks %q", want)
		}
	}
}
