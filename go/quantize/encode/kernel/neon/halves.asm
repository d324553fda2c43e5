// Values as IEEE halves, and back. FCVTN rounds to nearest even; of a NaN, it and FCVTL
// keep the sign and the upper bits of the payload, and make it quiet.

.macro	store_halves_8
	fcvtn	v0.4h, v0.4s
	fcvtn2	v0.8h, v1.4s
	str	q0, [x0], #16
.endm
.macro	store_halves_16
	fcvtn	v0.4h, v0.4s
	fcvtn2	v0.8h, v1.4s
	fcvtn	v2.4h, v2.4s
	fcvtn2	v2.8h, v3.4s
	stp	q0, q2, [x0], #32
.endm

// limit keeps a NaN, and makes it quiet.
.macro	limit v
	fmin	\v\().4s, \v\().4s, v30.4s
	fmax	\v\().4s, \v\().4s, v31.4s
.endm
.macro	float16_8
	load_8
	limit	v0
	limit	v1
	store_halves_8
.endm
.macro	float16_16
	load_16
	limit	v0
	limit	v1
	limit	v2
	limit	v3
	store_halves_16
.endm

toFloat16Vector:
	splat	v30, 0x477fe000			// 65504
	fneg	v31.4s, v30.4s
	lsr	x3, x3, #2
	wholes	x3, 16, float16_16
	eights	x3, float16_8, back_2_4

.macro	halves_8
	load_8
	store_halves_8
.endm
.macro	halves_16
	load_16
	store_halves_16
.endm

toHalvesVector:
	lsr	x3, x3, #2
	wholes	x3, 16, halves_16
	eights	x3, halves_8, back_2_4

.macro	float32_8
	ldr	q0, [x2], #16
	fcvtl	v2.4s, v0.4h
	fcvtl2	v3.4s, v0.8h
	stp	q2, q3, [x0], #32
.endm
.macro	float32_16
	ldp	q0, q1, [x2], #32
	fcvtl	v2.4s, v0.4h
	fcvtl2	v3.4s, v0.8h
	fcvtl	v4.4s, v1.4h
	fcvtl2	v5.4s, v1.8h
	stp	q2, q3, [x0], #32
	stp	q4, q5, [x0], #32
.endm

toFloat32Vector:
	lsr	x3, x3, #1
	wholes	x3, 16, float32_16
	eights	x3, float32_8, back_4_2
