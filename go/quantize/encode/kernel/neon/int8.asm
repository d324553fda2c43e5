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

// The constants of division: the most that a product, which stands for a quotient, is from
// a whole number, 1/2 - 2^-15 as a float32. avo/divided.go tells why.
.macro	division_constants
	movi	v29.16b, #0x81			// -127
	mov	w12, #0xfc00
	movk	w12, #0x3eff, lsl #16
.endm

// nearest makes products the nearest int32 values; rest is how far they are from these,
// and a NaN where they are none, whose pattern is higher than that of any number.
.macro	nearest v, rest, inverse
	fmul	\rest\().4s, \v\().4s, \inverse\().4s
	fcvtns	\v\().4s, \rest\().4s
	scvtf	v24.4s, \v\().4s
	fabd	\rest\().4s, \rest\().4s, v24.4s
.endm

// farthest goes to 7 where one of the values of v4 is more than the most.
.macro	farthest
	umaxv	s4, v4.4s
	fmov	w13, s4
	cmp	w13, w12
	b.hi	7f
.endm
.macro	multiplied_8 a, b
	load_8
	nearest	v0, v4, \a
	nearest	v1, v5, \b
	umax	v4.4s, v4.4s, v5.4s
	farthest
	saturated_8
	smax	v0.8b, v0.8b, v29.8b
	str	d0, [x0], #8
.endm
.macro	multiplied_16 a, b, c, d
	load_16
	nearest	v0, v4, \a
	nearest	v1, v5, \b
	nearest	v2, v6, \c
	nearest	v3, v7, \d
	umax	v4.4s, v4.4s, v5.4s
	umax	v6.4s, v6.4s, v7.4s
	umax	v4.4s, v4.4s, v6.4s
	farthest
	saturated_16
	smax	v0.16b, v0.16b, v29.16b
	str	q0, [x0], #16
.endm

.macro	divided_8
	multiplied_8	v28, v28
	b	8f
7:	sub	x2, x2, #32
	divided	v27, v27, v27, v27
8:
.endm
.macro	divided_16
	multiplied_16	v28, v28, v28, v28
	b	8f
7:	sub	x2, x2, #64
	divided	v27, v27, v27, v27
	divided	v27, v27, v27, v27
8:
.endm

toInt8DividedVector:
	dup	v27.2d, v0.d[0]
	dup	v28.4s, v1.s[0]
	division_constants
	wholes	x1, 16, divided_16
	eights	x1, divided_8, back_1_4

// The steps of columns are at x10, their inverses at x11.
.macro	divided_by_steps
	ldp	q20, q21, [x10], #32
	ldp	q22, q23, [x10], #32
	divided	v20, v21, v22, v23
.endm
.macro	divided_columns_8
	ldp	q16, q17, [x11], #32
	multiplied_8	v16, v17
	add	x10, x10, #64
	b	8f
7:	sub	x2, x2, #32
	divided_by_steps
8:
.endm
.macro	divided_columns_16
	ldp	q16, q17, [x11], #32
	ldp	q18, q19, [x11], #32
	multiplied_16	v16, v17, v18, v19
	add	x10, x10, #128
	b	8f
7:	sub	x2, x2, #64
	divided_by_steps
	divided_by_steps
8:
.endm
.macro	back_divided_columns
	back_1_4
	add	x10, x10, x9, lsl #3
	add	x11, x11, x9, lsl #2
.endm

toInt8DividedRowsVector:
	division_constants
	cbz	x8, 5f
4:	mov	x10, x4
	mov	x11, x6
	mov	x14, x5
	wholes	x14, 16, divided_columns_16
	eights	x14, divided_columns_8, back_divided_columns
	subs	x8, x8, #1
	b.ne	4b
5:
