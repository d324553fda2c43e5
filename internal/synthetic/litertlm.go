package synthetic

import (
	"encoding/binary"

	flatbuffers "github.com/google/flatbuffers/go"
)

// A LiteRTLMSection is a part of a LiteRT-LM file.
type LiteRTLMSection struct {
	Type      byte   // 3 for a TFLite model
	ModelType string // the item model_type, "" for none
	Data      []byte
}

// LiteRTLM returns a LiteRT-LM file with these sections, as litert-lm-builder writes it.
func LiteRTLM(sections ...LiteRTLMSection) []byte {
	places := make([][2]uint64, len(sections))
	for i := range places {
		places[i] = [2]uint64{1, 1} // as long as any place but 0
	}
	const block = 16 << 10
	header := liteRTLMHeader(sections, places)
	file := append([]byte("LITERTLM\x01\x00\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), make([]byte, 8+len(header))...)
	binary.LittleEndian.PutUint64(file[24:], uint64(len(file)))
	for i, s := range sections {
		file = append(file, make([]byte, (block-len(file)%block)%block)...)
		places[i][0] = uint64(len(file))
		file = append(file, s.Data...)
		places[i][1] = uint64(len(file))
	}
	copy(file[32:], liteRTLMHeader(sections, places))
	return file
}

func liteRTLMHeader(sections []LiteRTLMSection, places [][2]uint64) []byte {
	b := flatbuffers.NewBuilder(1024)
	var objects []flatbuffers.UOffsetT
	for i, s := range sections {
		var items []flatbuffers.UOffsetT
		items = append(items, liteRTLMItem(b, "note", "kept"))
		if s.ModelType != "" {
			items = append(items, liteRTLMItem(b, "model_type", s.ModelType))
		}
		list := offsets(b, items)
		b.StartObject(4)
		b.PrependUOffsetTSlot(0, list, 0)
		b.PrependUint64Slot(1, places[i][0], 0)
		b.PrependUint64Slot(2, places[i][1], 0)
		b.PrependByteSlot(3, s.Type, 0)
		objects = append(objects, b.EndObject())
	}
	list := offsets(b, objects)
	b.StartObject(1)
	b.PrependUOffsetTSlot(0, list, 0)
	sectionMetadata := b.EndObject()
	entries := offsets(b, []flatbuffers.UOffsetT{liteRTLMItem(b, "author", "somebody")})
	b.StartObject(1)
	b.PrependUOffsetTSlot(0, entries, 0)
	systemMetadata := b.EndObject()
	b.StartObject(2)
	b.PrependUOffsetTSlot(0, systemMetadata, 0)
	b.PrependUOffsetTSlot(1, sectionMetadata, 0)
	b.Finish(b.EndObject())
	return b.FinishedBytes()
}

// liteRTLMItem is a key and a text.
func liteRTLMItem(b *flatbuffers.Builder, key, text string) flatbuffers.UOffsetT {
	const kindText = 9
	value := b.CreateString(text)
	b.StartObject(1)
	b.PrependUOffsetTSlot(0, value, 0)
	union := b.EndObject()
	k := b.CreateString(key)
	b.StartObject(3)
	b.PrependUOffsetTSlot(0, k, 0)
	b.PrependByteSlot(1, kindText, 0)
	b.PrependUOffsetTSlot(2, union, 0)
	return b.EndObject()
}

func offsets(b *flatbuffers.Builder, of []flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	b.StartVector(4, len(of), 4)
	for i := len(of) - 1; i >= 0; i-- {
		b.PrependUOffsetT(of[i])
	}
	return b.EndVector(len(of))
}
