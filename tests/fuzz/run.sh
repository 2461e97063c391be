#!/bin/sh
# Fuzzes every parser of bytes from outside: FUZZ_SECONDS (default 60) for each target, under ASan and UBSan.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$root/build/fuzz
seconds=${FUZZ_SECONDS:-60}
mkdir -p "$out"
flags="-std=c17 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all"
for room in base pdf evidence inkan web web/http web/page app app/port domain; do
	flags="$flags -I$root/src/$room"
done
base=$(ls "$root"/src/base/*.c)

fuzz() { # name, sources, libraries
	name=$1 sources=$2 libraries=$3
	# shellcheck disable=SC2086
	clang $flags -o "$out/$name" "$root/tests/fuzz/fuzz_$name.c" $sources $base $libraries -lsodium -lutf8proc -lm
	mkdir -p "$out/$name.corpus"
	"$out/$name" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -max_len=65536 -print_final_stats=0 -verbosity=0 \
		-artifact_prefix="$out/$name-" "$out/$name.corpus" "$root/tests/fuzz/corpus/$name"
	echo "fuzz $name: $seconds s clean"
}

pkg() { pkg-config --cflags --libs "$@"; }

fuzz pdf "$(ls "$root"/src/pdf/*.c)" "-lz"
fuzz form "$root/src/web/http/multipart.c $root/src/web/http/urlencoded.c" ""
