package reference

import (
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// badRequest is the code of a response to an invalid request
// (cc/frame.h).
const badRequest = 0xffffffff

// A response is the answer of a program (cc/frame.h).
type response struct {
	code    uint32
	times   []time.Duration
	message string
	body    []byte
}

func writeFrame(w io.Writer, frame []byte) error {
	var size [8]byte
	binary.LittleEndian.PutUint64(size[:], uint64(len(frame)))
	if _, err := w.Write(size[:]); err != nil {
		return err
	}
	_, err := w.Write(frame)
	return err
}

func readFrame(r io.Reader) ([]byte, error) {
	var size [8]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	frame := make([]byte, binary.LittleEndian.Uint64(size[:]))
	_, err := io.ReadFull(r, frame)
	return frame, err
}

// writeRequest sends flags and the other frames of a request.
func writeRequest(w io.Writer, flags []string, parts [][]byte) error {
	var first []byte
	for _, flag := range flags {
		first = append(append(first, flag...), 0)
	}
	if err := writeFrame(w, first); err != nil {
		return err
	}
	for _, part := range parts {
		if err := writeFrame(w, part); err != nil {
			return err
		}
	}
	return nil
}

func readResponse(r io.Reader) (*response, error) {
	header, err := readFrame(r)
	if err != nil {
		return nil, err
	}
	d := decoder{bytes: header}
	resp := &response{code: d.uint32()}
	for range d.uint32() {
		resp.times = append(resp.times, time.Duration(d.uint64()))
	}
	if d.failed {
		return nil, fmt.Errorf("response header: %d bytes, expected more", len(header))
	}
	resp.message = string(d.bytes)
	resp.body, err = readFrame(r)
	return resp, err
}

// A decoder takes little-endian numbers and bytes off the front of bytes. Once
// they do not suffice, it has failed and gives zeros.
type decoder struct {
	bytes  []byte
	failed bool
}

func (d *decoder) take(n uint64) []byte {
	if d.failed || n > uint64(len(d.bytes)) {
		d.failed = true
		return nil
	}
	taken := d.bytes[:n]
	d.bytes = d.bytes[n:]
	return taken
}

func (d *decoder) uint32() uint32 {
	b := d.take(4)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

func (d *decoder) uint64() uint64 {
	b := d.take(8)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}
