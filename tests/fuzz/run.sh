#!/bin/sh
# Fuzzes every parser of bytes from outside: FUZZ_SECONDS (default 60) for each target, under ASan and UBSan.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$root/build/fuzz
seconds=${FUZZ_SECONDS:-60}
mkdir -p "$out"
flags="-std=c17 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all"
for room in base cli pdf evidence package inkan web web/http web/page app app/port domain; do
	flags="$flags -I$root/src/$room"
done
base=$(ls "$root"/src/base/*.c)

fuzz() { # name, sources, libraries
	name=$1 sources=$2 libraries=$3
	# shellcheck disable=SC2086
	clang $flags -o "$out/$name" "$root/tests/fuzz/fuzz_$name.c" $sources $base $libraries -lcrypto -lsodium -lutf8proc -lm
	mkdir -p "$out/$name.corpus" "$out/$name.seeds"
	"$out/$name" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -max_len=65536 -print_final_stats=0 -verbosity=0 \
		-artifact_prefix="$out/$name-" "$out/$name.corpus" "$out/$name.seeds"
	echo "fuzz $name: $seconds s clean"
}

pkg() { pkg-config --cflags --libs "$@"; }

python3 "$root/tests/fuzz/seeds.py" "$root/build/keiin" "$out"
for name in pdf form; do
	mkdir -p "$out/$name.seeds"
	cp "$root/tests/fuzz/corpus/$name/"* "$out/$name.seeds/"
done

evidence="$root/src/evidence/anchors.c $root/src/evidence/certificate_read.c $root/src/evidence/der_read.c $root/src/evidence/signed_data.c $root/src/evidence/token.c"
fuzz pdf "$(ls "$root"/src/pdf/*.c)" "-lz"
fuzz form "$root/src/web/http/multipart.c $root/src/web/http/urlencoded.c" ""
fuzz cms "$evidence $root/src/evidence/note.c" ""
fuzz crl "$evidence $root/src/evidence/material.c $root/src/evidence/ocsp.c $(ls "$root"/src/pdf/*.c)" "-lz"
fuzz verify "$evidence $root/src/evidence/material.c $root/src/evidence/ocsp.c $(ls "$root"/src/evidence/verify*.c) $(ls "$root"/src/pdf/*.c)" "-lz -ljansson"
fuzz ledger "$root/src/domain/ledger.c $root/src/domain/merkle.c $root/src/domain/audit.c" ""
fuzz package "$evidence $root/src/evidence/note.c $root/src/evidence/material.c $root/src/evidence/ocsp.c $(ls "$root"/src/evidence/verify*.c) \
	$(ls "$root"/src/pdf/*.c) $(ls "$root"/src/package/*.c) $root/src/domain/ledger.c $root/src/domain/merkle.c $root/src/domain/audit.c" \
	"-lz -ljansson -lzip"
