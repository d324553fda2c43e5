package encode

import (
	"encoding/binary"
	"iter"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
)

// searchedBlocks are blocks whose scales depend on more than their block.
type searchedBlocks struct {
	blocks
	search *clippedEncoder // in which each block is a channel
	each   int             // blocks in a part
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
	e.each = p.Values / int(e.format.Size)
	return Parts{Values: p.Values, Look: true}
}

func (e *searchedBlocks) Decide(values iter.Seq[[]byte]) { e.search.Decide(values) }

func (e *searchedBlocks) Store(dst, scales, values []byte, part int) {
	codes := takeCodes(len(values) / floatSize)
	defer codeRoom.Put(codes)
	size, low, high := int(e.format.Size), lowest(e.format.Bits), highest(e.format.Bits)
	for b := 0; b*size < len(*codes); b++ {
		divisor := e.search.steps.scales[part*e.each+b]
		rounded, half := kernel.BlockScale(divisor)
		if e.format.Method == OCTAV {
			divisor = rounded
		}
		binary.LittleEndian.PutUint16(scales[halfSize*b:], half)
		kernel.Integers((*codes)[size*b:size*(b+1)], values[floatSize*size*b:floatSize*size*(b+1)], divisor, 0, low, high)
	}
	pack(dst, *codes, e.format.Bits)
}
