# SPDX-License-Identifier: BSD-2-Clause
# $seed: which of the many places a sampling test tries.  By hand others in each run;
# ./check gives one, because a commit passes or fails, not a run of it.
seed=${TAMGA_TEST_SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
echo "seed: $seed (TAMGA_TEST_SEED)"
