package options

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

const least = quantize.DefaultMinElements

func difference(want, got *settings) string {
	return cmp.Diff(want, got, cmp.AllowUnexported(settings{}), cmpopts.IgnoreFields(settings{}, "int8Only", "set"), cmpopts.EquateEmpty())
}

func TestFlagsBecomeOptions(t *testing.T) {
	for line, want := range map[string]quantize.Options{
		"":                                {MinElements: least},
		"--type int8":                     {MinElements: least},
		"--min-elements 0":                {MinElements: 1},
		"--min-elements 7":                {MinElements: 7},
		"--scheme legacy":                 {MinElements: least, Scheme: quantize.Legacy},
		"--rounding sum-preserving":       {MinElements: least, Rounding: quantize.PreservedSums},
		"--type=int8 --scheme=legacy":     {MinElements: least, Scheme: quantize.Legacy},
		"--min-elements=0 --no-hybrid":    {MinElements: 1, NoHybrid: true},
		"-t float16":                      {MinElements: least, BufferType: quantize.Float16},
		"--deny-op conv_2d":               {MinElements: least, OpDenylist: []tflite.BuiltinOperator{tflite.BuiltinOperatorCONV_2D}},
		"--float-op SVDF --deny-op ADD":   {MinElements: least, OpDenylist: []tflite.BuiltinOperator{tflite.BuiltinOperatorSVDF, tflite.BuiltinOperatorADD}},
		"--deny-op SVDF,ADD":              {MinElements: least, OpDenylist: []tflite.BuiltinOperator{tflite.BuiltinOperatorSVDF, tflite.BuiltinOperatorADD}},
		"--deny-op SVDF --deny-op ADD":    {MinElements: least, OpDenylist: []tflite.BuiltinOperator{tflite.BuiltinOperatorSVDF, tflite.BuiltinOperatorADD}},
		"--custom-op Op=2":                {MinElements: least, CustomOps: map[string]quantize.CustomOp{"Op": {Inputs: []int32{2}}}},
		"--custom-op a=b=1":               {MinElements: least, CustomOps: map[string]quantize.CustomOp{"a=b": {Inputs: []int32{1}}}},
		"--custom-op=Some'Op=1,2,hybrid":  {MinElements: least, CustomOps: map[string]quantize.CustomOp{"Some'Op": {Inputs: []int32{1, 2}, Hybrid: true}}},
		`"--custom-op=My Op=1"`:           {MinElements: least, CustomOps: map[string]quantize.CustomOp{"My Op": {Inputs: []int32{1}}}},
		"--custom-op A=1 --custom-op B=0": {MinElements: least, CustomOps: map[string]quantize.CustomOp{"A": {Inputs: []int32{1}}, "B": {Inputs: []int32{0}}}},
	} {
		got, err := Parse(line)
		if err != nil {
			t.Error(line, err)
			continue
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", line, d)
		}
	}
}

func TestFlagsBecomeRules(t *testing.T) {
	for line, want := range map[string][]rule.Rule{
		"":                                nil,
		"--keep a":                        {{Tensor: "a", Format: "keep"}},
		"--keep op:CONV_2D":               {{Operator: "CONV_2D", Format: "keep"}},
		"--keep op:CONV_2D,tensor:a/*":    {{Operator: "CONV_2D", Tensor: "a/*", Format: "keep"}},
		"--keep tensor:op:a":              {{Tensor: "op:a", Format: "keep"}},
		"--keep tensor:":                  {{Format: "keep"}},
		"--only a --keep b --only op:ADD": {{Format: "keep"}, {Tensor: "a", Format: "default"}, {Operator: "ADD", Format: "default"}, {Tensor: "b", Format: "keep"}},
		"--keep index:7":                  {{Index: "7", Format: "keep"}},
		"--keep op:A,index:1/7,elements:10-,tensor:b": {{Operator: "A", Index: "1/7", Elements: "10-", Tensor: "b", Format: "keep"}},
		"--rule elements:-10=float16":                 {{Elements: "-10", Format: "float16"}},
		"--rule a=default":                            {{Tensor: "a", Format: "default"}},
		"--rule a=b=float16":                          {{Tensor: "a=b", Format: "float16"}},
		"--rule op:GATHER=int8":                       {{Operator: "GATHER", Format: "int8"}},
		"--rule *=float16 --keep a --rule b=int8":     {{Tensor: "*", Format: "float16"}, {Tensor: "a", Format: "keep"}, {Tensor: "b", Format: "int8"}},
	} {
		got, err := parse(line)
		if err != nil {
			t.Error(line, err)
			continue
		}
		if d := cmp.Diff(want, got.Rules, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s: %s", line, d)
		}
	}
}

func TestMistakesNameTheFlagAndTheRemedy(t *testing.T) {
	for line, want := range map[string]string{
		"--type int4":                         `--type: invalid type "int4": want int8 or float16`,
		"--scheme old":                        `--scheme: invalid scheme "old": want updated or legacy`,
		"--rounding up":                       `--rounding: invalid rounding "up": want nearest or sum-preserving`,
		"-t float16 --rounding=nearest":       "--rounding: for int8 only, and the type is float16: remove it, or choose the type int8",
		"--min-elements -1":                   `--min-elements: invalid value "-1": want a whole number, 0 or more`,
		"--min-elements=18446744073709551616": `--min-elements: invalid value "18446744073709551616": want a whole number, 0 or more`,
		"--no-hybrid=2":                       `--no-hybrid: invalid value "2": want true or false`,
		"--deny-op conv":                      `--deny-op: unknown operator "conv": did you mean CONV_2D?`,
		"--deny-op CONV_2D,FULLY_CONECTED":    `--deny-op: unknown operator "FULLY_CONECTED": did you mean FULLY_CONNECTED?`,
		"--deny-op=":                          `--deny-op: unknown operator "": did you mean `,
		"--custom-op Op":                      `--custom-op: invalid value "Op": want NAME=1,2 or NAME=1,2,hybrid`,
		"--custom-op =1":                      `--custom-op: invalid value "=1": want NAME=1,2 or NAME=1,2,hybrid`,
		"--custom-op Op=1,x":                  `--custom-op: invalid input "x" in "Op=1,x": want its position, 0 or more, or hybrid`,
		"--custom-op Op=2147483648":           `--custom-op: invalid input "2147483648" in "Op=2147483648": want its position, 0 or more, or hybrid`,
		"--custom-op Op=hybrid":               `--custom-op: no input in "Op=hybrid": want the position of one at least, such as NAME=1,hybrid`,
		"--custom-op Op=1 --custom-op Op=2":   `--custom-op: operator "Op" given twice: want it once, with all its inputs`,
		"-t float16 --no-hybrid":              "--no-hybrid: for int8 only, and the type is float16: remove it, or choose the type int8",
		"-t float16 --min-elements 256":       "--min-elements: for int8 only, and the type is float16: remove it, or choose the type int8",
		"--scheme=legacy --type=float16":      "--scheme: for int8 only, and the type is float16: remove it, or choose the type int8",
		"-t float16 --deny-op add":            "--deny-op: for int8 only, and the type is float16: remove it, or choose the type int8",
		"-t float16 --custom-op Op=1":         "--custom-op: for int8 only, and the type is float16: remove it, or choose the type int8",
		"--keep=":                             "--keep: no pattern: want the name of a tensor or op:OPERATOR; * stands for any characters",
		"--keep op:":                          `--keep: no operator in "op:": want op:OPERATOR, such as op:CONV_2D`,
		"--keep index:":                       `--keep: no number in "index:": want index:7 or elements:1000-2000`,
		"--only elements:many":                `--only: elements: invalid number of elements "many": want such as 1000-2000, 1000-, -1000 or 1000`,
		"--only [a":                           `--only: tensor: invalid pattern "[a": want a ] after [; [[] stands for the character [`,
		"--float-op conv":                     `--float-op: unknown operator "conv": did you mean CONV_2D?`,
		"-t float16 --float-op add":           "--float-op: for int8 only, and the type is float16: remove it, or choose the type int8",
		"--keep [a":                           `--keep: tensor: invalid pattern "[a": want a ] after [; [[] stands for the character [`,
		"--rule a":                            `--rule: invalid value "a": want PATTERN=FORMAT, such as dense/*=float16`,
		"--rule a=":                           "--rule: no format: want keep, default, int8 or float16",
		"--rule a=int4":                       `--rule: invalid format "int4": want keep, default, int8 or float16`,
		"--rule op:[=int8":                    `--rule: operator: invalid pattern "[": want a ] after [; [[] stands for the character [`,
		"--min-element 3":                     "unknown flag --min-element: did you mean --min-elements?",
		"--quux":                              "unknown flag --quux: see quantize --help",
		"--help":                              "unknown flag --help: see quantize --help",
		"-z":                                  "unknown flag -z: see quantize --help",
		"--type":                              "--type: missing value: want --type TYPE",
		"int8":                                `unexpected argument "int8": want flags of the command quantize`,
		`"--type`:                             `invalid word "--type: want a double quote at its end too`,
		`"--type=int8"x`:                      `invalid word "--type=int8"x: want a double quote at its end too`,
		"--recipe int8":                       `--recipe: "int8" is a type: want --type int8`,
		"--recipe int4":                       `--recipe: no file or recipe "int4": want a file in JSON, or dynamic_wi4_afp32, dynamic_wi4c_afp32, dynamic_wi4b32_afp32, or another one that quantize recipe list prints`,
		"--recipe no-such.json":               `--recipe: no file or recipe "no-such.json": want a file in JSON, or one that quantize recipe list prints`,
		"--recipe .":                          ".: is a directory: want a recipe in JSON",
	} {
		_, err := Parse(line)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
		if !errors.Is(err, quantize.ErrOptions) {
			t.Errorf("%s: %v is none of options", line, err)
		}
	}
}

// A rule that asks for int8 makes what only int8 has of use.
func TestInt8FlagsGoWithInt8Rules(t *testing.T) {
	s, err := parse("--type float16 --rule op:CONV_2D=int8 --min-elements 7 --scheme legacy")
	if err != nil || !s.hasInt8() {
		t.Fatal(err)
	}
	if line := format(s); line != "--type=float16 --scheme=legacy --min-elements=7 --rule=op:CONV_2D=int8" {
		t.Error(line)
	}
}

func TestOptionsBecomeOneLine(t *testing.T) {
	for line, want := range map[string]string{
		"":                 "--type=int8",
		"-t float16":       "--type=float16",
		"--min-elements 0": "--type=int8 --min-elements=1",
		"--deny-op add --deny-op svdf --scheme legacy --no-hybrid": "--type=int8 --scheme=legacy --no-hybrid --deny-op=ADD,SVDF",
		`--custom-op B=1,hybrid "--custom-op=A B=2"`:               `--type=int8 "--custom-op=A B=2" --custom-op=B=1,hybrid`,
		"--rule *=keep --rule op:A,tensor:b=float16":               "--type=int8 --keep=* --rule=op:A,tensor:b=float16",
	} {
		s, err := parse(line)
		if err != nil {
			t.Fatal(line, err)
		}
		if got := format(s); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
	if got := Format(quantize.Options{}); got != "--type=int8" {
		t.Errorf("the zero value: %s", got)
	}
}

// Options that are written as a line are read as the same options.
func TestLinesAreReadAsTheOptionsThatTheyWereMadeOf(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		want := random(r)
		line := format(want)
		got, err := parse(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if d := difference(want, got); d != "" {
			t.Fatalf("%s: %s", line, d)
		}
	}
}

// random makes settings as flags can say them.
func random(r *rand.Rand) *settings {
	s := defaults()
	s.BufferType = types[r.IntN(len(types))]
	for range r.IntN(4) {
		s.Rules = append(s.Rules, randomRule(r))
	}
	if !s.hasInt8() {
		return s
	}
	s.Rounding = roundings[r.IntN(len(roundings))]
	s.Scheme = schemes[r.IntN(len(schemes))]
	if r.IntN(2) == 0 {
		s.MinElements = []uint64{1, 2, 1 << 40, math.MaxUint64}[r.IntN(4)]
	}
	s.NoHybrid = r.IntN(2) == 0
	for range r.IntN(3) {
		s.OpDenylist = append(s.OpDenylist, weightOperators()[r.IntN(len(weightOperators()))])
	}
	for range r.IntN(3) {
		op := quantize.CustomOp{Hybrid: r.IntN(2) == 0}
		for range 1 + r.IntN(3) {
			op.Inputs = append(op.Inputs, int32(r.IntN(1<<31)))
		}
		s.setCustomOp("", "x"+randomName(r), op)
	}
	return s
}

func randomRule(r *rand.Rand) rule.Rule {
	for {
		out := rule.Rule{Tensor: randomName(r), Operator: randomName(r), Format: formats[r.IntN(len(formats))]}
		if r.IntN(4) == 0 {
			out.Index = []string{"0", "3", "1/2"}[r.IntN(3)]
		}
		if r.IntN(4) == 0 {
			out.Elements = []string{"5", "-5", "1-2", "100-"}[r.IntN(4)]
		}
		if out.Check() == nil && !hasSeparator(out.Operator) {
			return out
		}
	}
}

// hasSeparator reports whether an operator's pattern has what ends it in a word.
func hasSeparator(operator string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.Contains(operator, ","+p) })
}

func randomName(r *rand.Rand) string {
	parts := []string{"a", "=", ",", " ", "\"", "\n", "\xff", "ä", "op:", "tensor:", "*", "?", "[b]", "--keep", "\\", "'", "\u00a0", "\x00"}
	name := ""
	for range r.IntN(5) {
		name += parts[r.IntN(len(parts))]
	}
	return name
}

// An operator's pattern that has what separates it from the tensor's is written
// as another one, for the same names.
func TestSeparatorsInPatternsAreWrittenAsClasses(t *testing.T) {
	from := rule.Rule{Operator: "a,tensor:b", Tensor: "c", Format: rule.Keep}
	var to rule.Rule
	if err := parsePattern("", patternWord(from), &to); err != nil {
		t.Fatal(err)
	}
	set, err := rule.Compile([]rule.Rule{{Operator: to.Operator, Tensor: to.Tensor, Format: rule.Keep}}, []string{"a,tensor:b"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, ok := set.Format(rule.Constant{Name: "c", Readers: []int32{0}}); !ok {
		t.Errorf("%+v became %+v", from, to)
	}
}

// Any line is an error or options, which are then those of their own line.
func FuzzParse(f *testing.F) {
	for _, line := range []string{"--type float16", "--deny-op conv_2d,add --custom-op=A=1,hybrid", `"--keep=a b" --rule=op:A,tensor:b=int8`, "--min-elements=0 --no-hybrid --scheme=legacy", "--help", "-t", "--", "-- x"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if strings.Contains(line, "recipe") {
			return // which would read a file
		}
		want, err := parse(line)
		if err == nil {
			err = want.check()
		}
		if err != nil {
			return
		}
		for _, r := range want.Rules {
			if hasSeparator(r.Operator) {
				return
			}
		}
		got, err := parse(format(want))
		if err != nil {
			t.Fatalf("%q became %q: %v", line, format(want), err)
		}
		if d := difference(want, got); d != "" {
			t.Fatalf("%q became %q: %s", line, format(want), d)
		}
	})
}

func TestTheNearestOperatorIsMeant(t *testing.T) {
	for name, want := range map[string]string{
		"CONV": "CONV_2D", "CONV2D": "CONV_2D", "DEPTHWISE_CONV2D": "DEPTHWISE_CONV_2D", "FULLYCONNECTED": "FULLY_CONNECTED",
		"LTSM": "LSTM", "EMBEDING_LOOKUP": "EMBEDDING_LOOKUP", "MATMUL": "BATCH_MATMUL", "GATER": "GATHER", " conv ": "CONV_2D",
	} {
		if got := nearestOperator(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
