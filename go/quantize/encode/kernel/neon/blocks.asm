// Blocks of values, in groups of 32, each block with a scale.

blockPeaksVector:
	cbz	x1, 3f
1:	no_peaks
	mov	x8, x4
2:	.rept	2
	load_16
	peak	v0, v16
	peak	v1, v17
	peak	v2, v18
	peak	v3, v19
	.endr
	subs	x8, x8, #1
	b.ne	2b
	highest_peak
	str	s16, [x0], #4
	subs	x1, x1, #1
	b.ne	1b
3:

.macro	block_integer v
	fdiv	\v\().4s, \v\().4s, v28.4s
	limited	\v
.endm

blockIntegersVector:
	limits	v0.s[0], v1.s[0]
	cbz	x5, 3f
1:	ld1r	{v28.4s}, [x4], #4
	mov	x8, x6
2:	.rept	2
	load_16
	block_integer	v0
	block_integer	v1
	block_integer	v2
	block_integer	v3
	low_16
	str	q0, [x0], #16
	.endr
	subs	x8, x8, #1
	b.ne	2b
	subs	x5, x5, #1
	b.ne	1b
3:

// bfloat16 rounds to the upper 16 bits, to nearest even. A NaN keeps its sign alone.
.macro	bfloat16 v
	fcmeq	v4.4s, \v\().4s, \v\().4s
	and	v5.16b, \v\().16b, v31.16b
	orr	v5.16b, v5.16b, v30.16b
	ushr	v6.4s, \v\().4s, #16
	and	v6.16b, v6.16b, v29.16b
	add	\v\().4s, \v\().4s, v28.4s
	add	\v\().4s, \v\().4s, v6.4s
	and	\v\().16b, \v\().16b, v27.16b
	bif	\v\().16b, v5.16b, v4.16b
.endm
.macro	scales_8
	ldp	q0, q1, [x2]
	bfloat16	v0
	bfloat16	v1
	fcvtn	v2.4h, v0.4s
	fcvtn2	v2.8h, v1.4s
	str	q2, [x0], #16
	fcvtl	v0.4s, v2.4h
	fcvtl2	v1.4s, v2.8h
	stp	q0, q1, [x2], #32
.endm

// The last eight scales may be rounded twice, which changes nothing.
blockScalesVector:
	splat	v27, 0xffff0000
	splat	v28, 0x7fff
	movi	v29.4s, #1
	splat	v30, 0x7fc00000			// a quiet NaN
	movi	v31.4s, #0x80, lsl #24		// the sign
	eights	x3, scales_8, back_2_4
