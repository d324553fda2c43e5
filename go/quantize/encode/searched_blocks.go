package encode

import (
	"iter"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
)

// searchedBlocks are blocks whose scales depend on more than their block.
type searchedBlocks struct {
	blocks
	search *clippedEncoder // in which each block is a channel
	each   int             // blocks in a part
	unit   int             // values of which parts have a multiple, 0 for any number
}

func newSearchedBlocks(e blocks) *searchedBlocks {
	size := int(e.format.Size)
	c := channels{e.values, e.values / size, size}
	s := &steps{bits: e.format.Bits, scales: make([]float32, c.count)}
	search := &clippedEncoder{packer: packer{channelEncoder{channels: c}, e.format.Bits}, steps: s, method: e.format.Method}
	return &searchedBlocks{blocks: e, search: search}
}

// Err is that of Recovery.
func (e *searchedBlocks) Err() error { return e.search.err }

func (e *searchedBlocks) Parts(most int) Parts {
	p := e.blocks.Parts(most)
	if e.unit > 0 { // a power of two, as blocks are
		p.Values = (p.Values + e.unit - 1) / e.unit * e.unit
	}
	e.each = p.Values / int(e.format.Size)
	return Parts{Values: p.Values, Look: true}
}

func (e *searchedBlocks) Decide(values iter.Seq[[]byte]) { e.search.Decide(values) }

func (e *searchedBlocks) Store(dst, scales, values []byte, part int) {
	n := len(values) / floatSize / int(e.format.Size)
	found := e.search.steps.scales[part*e.each:][:n]
	rounded := takeSteps(n)
	defer stepRoom.Put(rounded)
	copy(*rounded, found)
	kernel.BlockScales(scales, *rounded)
	if e.format.Method == Recovery {
		e.storeCodes(dst, values, found)
	} else {
		e.storeCodes(dst, values, *rounded)
	}
}
