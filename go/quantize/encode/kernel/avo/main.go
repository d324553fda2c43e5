// Command avo generates the AVX2 and F16C kernels of package kernel: the
// assembly and its Go declarations. It is a module of its own, so that only
// those who change the kernels need the assembler's packages.
//
// Run it as "go run ." in its own folder; "go test" there tells whether the
// generated files are fresh.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
	"github.com/mmcloughlin/avo/reg"
)

const packageFolder = ".."

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	files, err := generate()
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(packageFolder, name), content, 0o644); err != nil {
			return fmt.Errorf("generate kernels: %w", err)
		}
	}
	return nil
}

// generate returns the content of the generated files by their names.
func generate() (map[string][]byte, error) {
	g := &generator{Context: build.NewContext()}
	g.ConstraintExpr("!noasm")
	g.constants()
	g.maxAbs()
	g.minMax()
	g.minMaxRows()
	g.int8("toInt8Vector", saturating)
	g.int8("toInt8WrappingVector", wrapping)
	g.int8WrappingRows()
	g.int8Divided()
	g.int8DividedRows()
	g.float16("toFloat16Vector", true)
	g.float16("toHalvesVector", false)
	g.float32()
	g.toIntegers()
	g.toIntegersRows()
	g.blockPeaks()
	g.blockScales()
	g.blockIntegers()
	g.addProducts()
	g.pack4()
	g.pack2()
	g.roundingErrors()
	g.columnSums()
	g.between()
	g.correlations()
	g.features()

	file, err := g.Result()
	if err != nil {
		return nil, fmt.Errorf("generate kernels: %w", err)
	}
	if err := pass.Compile.Execute(file); err != nil {
		return nil, fmt.Errorf("generate kernels: %w", err)
	}
	config := printer.Config{Name: "the program in avo", Pkg: "kernel"}
	files := map[string][]byte{}
	for name, p := range map[string]printer.Printer{
		"avx2_amd64.s":  printer.NewGoAsm(config),
		"avx2_amd64.go": printer.NewStubs(config),
	} {
		if files[name], err = p.Print(file); err != nil {
			return nil, fmt.Errorf("generate %s: %w", name, err)
		}
	}
	return files, nil
}

const (
	lanes     = 8 // float32 values in a vector
	blockSize = 4 * lanes
	floatSize = 4
	halfSize  = 2
)

// generator writes one file. Its data are the constants that kernels share.
type generator struct {
	*build.Context
	signBits, otherBits, almostHalf, lowByte, halfLow, halfHigh, lowest, order operand.Mem
	signBits64, almostHalf64, limit64, lowLimit64, nearHalf                    operand.Mem
	lowNibbles, nibblePair, lowPairs, pairPair, nibbleWords                    operand.Mem
	one, lowRest, upperHalf, quietNaN, half                                    operand.Mem
}

func (g *generator) constants() {
	g.signBits = g.ConstData("signBits", operand.U32(0x80000000))
	g.otherBits = g.ConstData("otherBits", operand.U32(0x7fffffff))
	g.almostHalf = g.ConstData("almostHalf", operand.U32(0x3effffff))
	g.lowByte = g.ConstData("lowByte", operand.U32(0xff))
	g.halfLow = g.ConstData("halfLow", operand.F32(-65504))
	g.halfHigh = g.ConstData("halfHigh", operand.F32(65504))
	g.lowest = g.ConstData("lowest", operand.U32(0x81818181))
	g.signBits64 = g.ConstData("signBits64", operand.U64(1<<63))
	g.almostHalf64 = g.ConstData("almostHalf64", operand.U64(0x3fdfffffffffffff))
	g.limit64 = g.ConstData("limit64", operand.F64(127))
	g.lowLimit64 = g.ConstData("lowLimit64", operand.F64(-127))
	g.nearHalf = g.ConstData("nearHalf", operand.U32(0x3efffc00)) // 1/2 - 2^-15
	g.lowNibbles = g.ConstData("lowNibbles", operand.U32(0x0f0f0f0f))
	g.nibblePair = g.ConstData("nibblePair", operand.U32(0x10011001))
	g.lowPairs = g.ConstData("lowPairs", operand.U32(0x03030303))
	g.pairPair = g.ConstData("pairPair", operand.U32(0x04010401))
	g.nibbleWords = g.ConstData("nibbleWords", operand.U32(0x00100001))
	g.half = g.ConstData("half", operand.F32(0.5))
	g.one = g.ConstData("one", operand.U32(1))
	g.lowRest = g.ConstData("lowRest", operand.U32(0x7fff))
	g.upperHalf = g.ConstData("upperHalf", operand.U32(0xffff0000))
	g.quietNaN = g.ConstData("quietNaN", operand.U32(0x7fc00000))
	// Packing works in each half of a vector; this order of 32-bit parts puts
	// the packed bytes of four vectors in sequence.
	g.order = g.StaticGlobal("order")
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	for i, part := range []uint32{0, 4, 1, 5, 2, 6, 3, 7} {
		g.AddDatum(i*4, operand.U32(part))
	}
}

func (g *generator) begin(name, signature string, doc ...string) {
	g.Function(name)
	g.Attributes(attr.NOSPLIT)
	g.SignatureExpr(signature)
	g.Pragma("noescape")
	g.Doc(doc...)
}

func (g *generator) pointer(slice string) reg.Register {
	return g.Load(g.Param(slice).Base(), g.GP64())
}

func (g *generator) length(slice string) reg.GPVirtual {
	r := g.GP64()
	g.Load(g.Param(slice).Len(), r)
	return r
}

func (g *generator) constant(m operand.Mem) reg.VecVirtual {
	y := g.YMM()
	g.VPBROADCASTD(m, y)
	return y
}

// eights runs body for every group of eight of count positions, the last of
// which ends with the last position: it overlaps the one before where count is
// no multiple of eight. There must be eight positions at least. The index of
// the first position is in the register that body receives, and starts at what
// the register holds.
func (g *generator) eights(name string, index, count reg.GPVirtual, body func()) {
	last := g.GP64()
	g.LEAQ(operand.Mem{Base: count, Disp: -lanes}, last)
	g.CMPQ(index, count)
	g.JGE(operand.LabelRef(name + "Done"))
	g.CMPQ(index, last)
	g.CMOVQGT(last, index)
	g.Label(name)
	body()
	g.ADDQ(operand.Imm(lanes), index)
	g.CMPQ(index, last)
	g.JLE(operand.LabelRef(name))
	g.CMPQ(index, count)
	g.JGE(operand.LabelRef(name + "Done"))
	g.MOVQ(last, index)
	g.JMP(operand.LabelRef(name))
	g.Label(name + "Done")
}

// blocks runs body for whole blocks of positions from index on, as long as
// there is one, and leaves index after them.
func (g *generator) blocks(name string, size int, index, count reg.GPVirtual, body func()) {
	last := g.GP64()
	g.LEAQ(operand.Mem{Base: count, Disp: -size}, last)
	g.JMP(operand.LabelRef(name + "Next"))
	g.Label(name)
	body()
	g.ADDQ(operand.Imm(uint64(size)), index)
	g.Label(name + "Next")
	g.CMPQ(index, last)
	g.JLE(operand.LabelRef(name))
}

// broadcast loads a parameter into all lanes. It reads the parameter from
// memory, since a move of the SSE kind stalls while upper halves are in use.
func (g *generator) broadcast(parameter string) reg.VecVirtual {
	y := g.YMM()
	resolved, err := g.Param(parameter).Resolve()
	if err != nil {
		panic(err)
	}
	g.VBROADCASTSS(resolved.Addr, y)
	return y
}

// features gives the feature bits of the processor in ECX, CPUID leaf 1. Among
// them is F16C, which the packages at hand do not report.
func (g *generator) features() {
	g.begin("cpuFeatures", "func() uint32", "cpuFeatures returns the bits that CPUID leaf 1 leaves in ECX.")
	g.MOVL(operand.U32(1), reg.EAX)
	g.XORL(reg.ECX, reg.ECX)
	g.CPUID()
	g.MOVL(reg.ECX, operand.NewParamAddr("ret", 0))
	g.RET()
}

// double is broadcast for a float64.
func (g *generator) double(parameter string) reg.VecVirtual {
	y := g.YMM()
	resolved, err := g.Param(parameter).Resolve()
	if err != nil {
		panic(err)
	}
	g.VBROADCASTSD(resolved.Addr, y)
	return y
}

func (g *generator) zero() reg.GPVirtual {
	r := g.GP64()
	g.XORQ(r, r)
	return r
}

// floats is the vector'th vector of the values at base, from index on.
func floats(base, index reg.Register, vector int) operand.Mem {
	return operand.Mem{Base: base, Index: index, Scale: floatSize, Disp: vector * lanes * floatSize}
}
