// Package litertlm says where the sections of a LiteRT-LM file lie, and gives its header
// for sections that have moved.
//
// Such a file begins with 32 bytes: "LITERTLM", three uint32 of its version, 4 zeros, and
// a uint64, where the header ends. The header, a FlatBuffer, has what is known of each
// section: items of a key and a value, where it begins and ends, and what it holds.
// Sections begin at multiples of Block.
package litertlm

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Block is what sections begin at multiples of, in bytes.
const Block = 16 << 10

const (
	magic      = "LITERTLM"
	atVersion  = 8
	atEnd      = 24
	headerFrom = 32

	major = 1 // the version that is read
)

// Bounds of what a header can hold, far beyond what files have.
const (
	longestHeader = 16 << 20
	mostSections  = 1 << 12
	mostItems     = 1 << 10 // of a section
)

// ModelType is the item that says what a model is for.
const ModelType = "model_type"

// Model is the Type of a section that is a TFLite model.
const Model = 3

// A File is what the header of a LiteRT-LM file says.
type File struct {
	Sections []Section
	header   []byte // from the file's start
}

// A Section is a part of a LiteRT-LM file.
type Section struct {
	Type       uint8  // Model, or what else it holds
	ModelType  string // the item of that key, "" where there is none
	Begin, End int64  // in the file

	begin, end int // where the header has these
}

// Name is what litert-lm-builder names a model when it unpacks the section, the i-th.
func (s *Section) Name(i int) string {
	if s.ModelType == "" {
		return fmt.Sprintf("Section%d_TFLiteModel.tflite", i)
	}
	return fmt.Sprintf("Section%d_TFLiteModel_%s.tflite", i, s.ModelType)
}

// Is reports whether data begin as a LiteRT-LM file does.
func Is(data []byte) bool { return bytes.HasPrefix(data, []byte(magic)) }

var errDamaged = errors.New("its header is damaged: get the file again")

// Read reads the header. No section lies in another one, or in the header.
func Read(data []byte) (*File, error) {
	if !Is(data) || len(data) < headerFrom {
		return nil, errDamaged
	}
	if v := binary.LittleEndian.Uint32(data[atVersion:]); v != major {
		return nil, fmt.Errorf("its version is %d: want %d", v, major)
	}
	end := binary.LittleEndian.Uint64(data[atEnd:])
	if end < headerFrom || end > uint64(min(len(data), longestHeader)) {
		return nil, errDamaged
	}
	return read(data[:end], int64(len(data)))
}

// read reads the header of a file of that many bytes.
func read(header []byte, size int64) (*File, error) {
	f := &File{header: header}
	if !f.readSections() || !f.separate(size) {
		return nil, errDamaged
	}
	return f, nil
}

// Fields of the header's tables, by their numbers in the schema.
const (
	rootSections     = 1
	sectionsObjects  = 0
	objectItems      = 0
	objectBegin      = 1
	objectEnd        = 2
	objectType       = 3
	itemKey          = 0
	itemKind         = 1 // of the value
	itemValue        = 2
	valueOfText      = 0
	kindText         = 9
	lengthOffset     = 4 // bytes of an offset
	lengthPlace      = 8 // bytes of where a section begins or ends
	lengthKindOrType = 1
)

func (f *File) readSections() bool {
	r := &reader{data: f.header}
	sections := r.table(r.field(r.table(headerFrom), rootSections))
	first, n := r.vector(r.field(sections, sectionsObjects), mostSections)
	for i := range n {
		f.Sections = append(f.Sections, r.section(r.table(first+lengthOffset*i)))
	}
	return !r.damaged
}

func (r *reader) section(object uint64) Section {
	s := Section{Type: uint8(r.number(r.field(object, objectType), lengthKindOrType))}
	begin, end := r.field(object, objectBegin), r.field(object, objectEnd)
	r.damaged = r.damaged || begin == 0 || end == 0
	s.begin, s.end = int(begin), int(end)
	s.Begin, s.End = int64(r.number(begin, lengthPlace)), int64(r.number(end, lengthPlace))
	first, n := r.vector(r.field(object, objectItems), mostItems)
	for i := range n {
		item := r.table(first + lengthOffset*i)
		if string(r.text(r.field(item, itemKey))) != ModelType || r.number(r.field(item, itemKind), lengthKindOrType) != kindText {
			continue
		}
		s.ModelType = string(r.text(r.field(r.table(r.field(item, itemValue)), valueOfText)))
	}
	return s
}

// InOrder are the sections by their places in the file: their indices.
func (f *File) InOrder() []int {
	order := make([]int, len(f.Sections))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := &f.Sections[i], &f.Sections[j]
		return cmp.Or(cmp.Compare(a.Begin, b.Begin), cmp.Compare(a.End, b.End))
	})
	return order
}

// separate reports whether sections lie one after the other in a file of that many bytes.
func (f *File) separate(size int64) bool {
	at := int64(len(f.header))
	for _, i := range f.InOrder() {
		s := &f.Sections[i]
		if s.Begin < at || s.End < s.Begin || s.End > size {
			return false
		}
		at = s.End
	}
	return true
}

// A Header is that of a file whose sections have moved.
type Header struct {
	Bytes    []byte // from the file's start
	sections []Section
}

// NewHeader returns the header as it is.
func (f *File) NewHeader() *Header {
	return &Header{slices.Clone(f.header), slices.Clone(f.Sections)}
}

// Move says where a section is now.
func (h *Header) Move(section int, begin, end int64) {
	s := &h.sections[section]
	binary.LittleEndian.PutUint64(h.Bytes[s.begin:], uint64(begin))
	binary.LittleEndian.PutUint64(h.Bytes[s.end:], uint64(end))
	s.Begin, s.End = begin, end
}

// Check returns an error where the header does not say, of a file of that many bytes,
// what Move was told: where places of sections are also something else in it.
func (h *Header) Check(size int64) error {
	f, err := read(h.Bytes, size)
	if err != nil || !slices.Equal(f.Sections, h.sections) {
		return errDamaged
	}
	return nil
}
