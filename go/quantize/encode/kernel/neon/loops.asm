// Kernels for 64-bit Arm processors, in the language of GNU as. main.go has them
// assembled, and writes the instructions as numbers for Go's assembler, which knows few
// of those for vectors of floats.
//
// A kernel is a label with the name of a function that avx2_amd64.go declares, and takes
// its parameters in registers as a function of C: integers and pointers in x0, x1 and so
// on, floats in s0, s1 and so on, or d0; a slice is its pointer and its length. Results
// are in x0, or s0 and s1. It ends with its last instruction, calls nothing, leaves the
// stack and FPCR alone, and changes no other registers than x0 to x15 and vectors.
//
// This file has the loops, as macros that take macros for what is done to values.

// wholes runs body for whole groups of so many of the values that are left.
.macro	wholes left, values, body
	subs	\left, \left, #\values
	b.lo	2f
1:	\body
	subs	\left, \left, #\values
	b.hs	1b
2:	add	\left, \left, #\values
.endm

// eights runs body for groups of eight of the values that are left, the last of which
// ends with the last value: it overlaps the one before where they are no multiple of
// eight. Then back adds x9 values, which is negative, to all pointers.
.macro	eights left, body, back
	subs	\left, \left, #8
	b.lt	2f
1:	\body
	subs	\left, \left, #8
	b.ge	1b
2:	cmn	\left, #8
	b.eq	3f
	mov	x9, \left
	\back
	mov	\left, xzr
	b	1b
3:
.endm

// Going back: the bytes of a value at x0, and at x2.
.macro	back_4_0
	add	x0, x0, x9, lsl #2
.endm
.macro	back_1_4
	add	x0, x0, x9
	add	x2, x2, x9, lsl #2
.endm
.macro	back_2_4
	add	x0, x0, x9, lsl #1
	add	x2, x2, x9, lsl #2
.endm
.macro	back_4_2
	add	x0, x0, x9, lsl #2
	add	x2, x2, x9, lsl #1
.endm
.macro	back_4_4
	add	x0, x0, x9, lsl #2
	add	x2, x2, x9, lsl #2
.endm

// splat fills a vector with a pattern of 32 bits.
.macro	splat v, bits
	mov	w9, #(\bits & 0xffff)
	movk	w9, #(\bits >> 16), lsl #16
	dup	\v\().4s, w9
.endm

// load_8 and load_16 take the values at x2.
.macro	load_8
	ldp	q0, q1, [x2], #32
.endm
.macro	load_16
	ldp	q0, q1, [x2], #32
	ldp	q2, q3, [x2], #32
.endm

// low_8 and low_16 leave the low bytes of the int32 values in v0 and v1, and v2 and v3.
.macro	low_8
	uzp1	v0.8h, v0.8h, v1.8h
	xtn	v0.8b, v0.8h
.endm
.macro	low_16
	uzp1	v0.8h, v0.8h, v1.8h
	uzp1	v2.8h, v2.8h, v3.8h
	uzp1	v0.16b, v0.16b, v2.16b
.endm

// saturated_8 and saturated_16 limit the same int32 values to int8.
.macro	saturated_8
	sqxtn	v0.4h, v0.4s
	sqxtn2	v0.8h, v1.4s
	sqxtn	v0.8b, v0.8h
.endm
.macro	saturated_16
	sqxtn	v0.4h, v0.4s
	sqxtn2	v0.8h, v1.4s
	sqxtn	v2.4h, v2.4s
	sqxtn2	v2.8h, v3.4s
	sqxtn	v0.8b, v0.8h
	sqxtn2	v0.16b, v2.8h
.endm
