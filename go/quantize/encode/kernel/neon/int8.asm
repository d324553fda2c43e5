// Values as int8: multiplied by the inverse of a scale in float32, or divided by a step
// in float64.

.macro	int8_constants
	movi	v29.16b, #0x81			// -127
	movi	v30.4s, #0x4f, lsl #24		// 2^31 as a float32
	movi	v31.4s, #0x80, lsl #24		// the lowest int32
.endm

// product rounds, halves away from zero, and has all bits of v4 where an int32 holds the
// result, or it is too low: FCVTAS makes the lowest int32 of it. Products round by themselves.
.macro	product v, inverse
	fmul	\v\().4s, \v\().4s, \inverse\().4s
	fcmgt	v4.4s, v30.4s, \v\().4s
	fcvtas	\v\().4s, \v\().4s
.endm

// What an int32 does not hold, and NaN, is the lowest one.
.macro	saturating v, inverse
	product	\v, \inverse
	bif	\v\().16b, v31.16b, v4.16b
.endm
.macro	saturating_8
	load_8
	saturating	v0, v28
	saturating	v1, v28
	saturated_8
	smax	v0.8b, v0.8b, v29.8b
	str	d0, [x0], #8
.endm
.macro	saturating_16
	load_16
	saturating	v0, v28
	saturating	v1, v28
	saturating	v2, v28
	saturating	v3, v28
	saturated_16
	smax	v0.16b, v0.16b, v29.16b
	str	q0, [x0], #16
.endm

toInt8Vector:
	dup	v28.4s, v0.s[0]
	int8_constants
	wholes	x1, 16, saturating_16
	eights	x1, saturating_8, back_1_4

// The low bytes of the lowest int32 are 0.
.macro	wrapping v, inverse
	product	\v, \inverse
	and	\v\().16b, \v\().16b, v4.16b
.endm
.macro	store_wrapped_8
	low_8
	smax	v0.8b, v0.8b, v29.8b
	str	d0, [x0], #8
.endm
.macro	store_wrapped_16
	low_16
	smax	v0.16b, v0.16b, v29.16b
	str	q0, [x0], #16
.endm
.macro	wrapping_8
	load_8
	wrapping	v0, v28
	wrapping	v1, v28
	store_wrapped_8
.endm
.macro	wrapping_16
	load_16
	wrapping	v0, v28
	wrapping	v1, v28
	wrapping	v2, v28
	wrapping	v3, v28
	store_wrapped_16
.endm

toInt8WrappingVector:
	dup	v28.4s, v0.s[0]
	int8_constants
	wholes	x1, 16, wrapping_16
	eights	x1, wrapping_8, back_1_4

// The inverses of columns are at x10.
.macro	wrapping_columns_8
	load_8
	ldp	q20, q21, [x10], #32
	wrapping	v0, v20
	wrapping	v1, v21
	store_wrapped_8
.endm
.macro	wrapping_columns_16
	load_16
	ldp	q20, q21, [x10], #32
	ldp	q22, q23, [x10], #32
	wrapping	v0, v20
	wrapping	v1, v21
	wrapping	v2, v22
	wrapping	v3, v23
	store_wrapped_16
.endm
.macro	back_wrapping_columns
	back_1_4
	add	x10, x10, x9, lsl #2
.endm

toInt8WrappingRowsVector:
	int8_constants
	cbz	x6, 5f
4:	mov	x10, x4
	mov	x8, x5
	wholes	x8, 16, wrapping_columns_16
	eights	x8, wrapping_columns_8, back_wrapping_columns
	subs	x6, x6, #1
	b.ne	4b
5:

// divided converts eight values, by the steps in four vectors. FCVTAS makes 0 of a NaN.
.macro	divided a, b, c, d
	load_8
	fcvtl	v4.2d, v0.2s
	fcvtl2	v5.2d, v0.4s
	fcvtl	v6.2d, v1.2s
	fcvtl2	v7.2d, v1.4s
	fdiv	v4.2d, v4.2d, \a\().2d
	fdiv	v5.2d, v5.2d, \b\().2d
	fdiv	v6.2d, v6.2d, \c\().2d
	fdiv	v7.2d, v7.2d, \d\().2d
	fcvtas	v4.2d, v4.2d
	fcvtas	v5.2d, v5.2d
	fcvtas	v6.2d, v6.2d
	fcvtas	v7.2d, v7.2d
	sqxtn	v0.2s, v4.2d
	sqxtn2	v0.4s, v5.2d
	sqxtn	v1.2s, v6.2d
	sqxtn2	v1.4s, v7.2d
	saturated_8
	smax	v0.8b, v0.8b, v29.8b
	str	d0, [x0], #8
.endm
.macro	divided_8
	divided	v28, v28, v28, v28
.endm

toInt8DividedVector:
	dup	v28.2d, v0.d[0]
	movi	v29.16b, #0x81			// -127
	eights	x1, divided_8, back_1_4

// The steps of columns are at x10.
.macro	divided_columns_8
	ldp	q20, q21, [x10], #32
	ldp	q22, q23, [x10], #32
	divided	v20, v21, v22, v23
.endm
.macro	back_divided_columns
	back_1_4
	add	x10, x10, x9, lsl #3
.endm

toInt8DividedRowsVector:
	movi	v29.16b, #0x81			// -127
	cbz	x6, 5f
4:	mov	x10, x4
	mov	x8, x5
	eights	x8, divided_columns_8, back_divided_columns
	subs	x6, x6, #1
	b.ne	4b
5:
