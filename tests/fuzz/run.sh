#!/bin/sh
# Fuzzes parsers of bytes from outside: FUZZ_SECONDS (default 60) for each target, under ASan and UBSan.
#
#     run.sh                 all, one after the other
#     run.sh list            the names of the targets
#     run.sh seeds           makes what they begin with
#     run.sh NAME...         these, from those seeds
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$root/build/fuzz
seconds=${FUZZ_SECONDS:-60}
patience=${FUZZ_PATIENCE:-10} # seconds for one input
targets="pdf form cms crl ocsp authority verify pair package ledger"
mkdir -p "$out"
flags="-std=c17 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all"
for room in base cli pdf evidence package inkan web web/http web/page app app/port domain; do
	flags="$flags -I$root/src/$room"
done
base=$(ls "$root"/src/base/*.c)
pdf=$(ls "$root"/src/pdf/*.c)
evidence="$root/src/evidence/anchors.c $root/src/evidence/certificate_read.c $root/src/evidence/der_read.c $root/src/evidence/signed_data.c $root/src/evidence/token.c"
material="$root/src/evidence/material.c $root/src/evidence/crl_scope.c $root/src/evidence/ocsp.c $root/src/evidence/x509_text.c"
ledger="$root/src/domain/ledger.c $root/src/domain/merkle.c $root/src/domain/audit.c"
authority="$(for f in authority tsa cms key_algorithm der der_read; do echo "$root/src/evidence/$f.c"; done)"

fuzz() { # name, sources, libraries
	name=$1 sources=$2 libraries=$3
	# shellcheck disable=SC2086
	clang $flags -o "$out/$name" "$root/tests/fuzz/fuzz_$name.c" $sources $base $libraries -lcrypto -lsodium -lutf8proc -lm
	mkdir -p "$out/$name.corpus" "$out/$name.seeds"
	"$out/$name" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout="$patience" -max_len=65536 -print_final_stats=0 -verbosity=0 \
		-artifact_prefix="$out/$name-" "$out/$name.corpus" "$out/$name.seeds"
	echo "fuzz $name: $seconds s clean"
}

seeds() {
	python3 "$root/tests/fuzz/seeds.py" "$root/build/keiin" "$out"
	for name in pdf form; do
		mkdir -p "$out/$name.seeds"
		cp "$root/tests/fuzz/corpus/$name/"* "$out/$name.seeds/"
	done
}

run() {
	case $1 in
	list) echo "$targets" ;;
	seeds) seeds ;;
	pdf) fuzz pdf "$pdf" "-lz" ;;
	form) fuzz form "$root/src/web/http/multipart.c $root/src/web/http/urlencoded.c" "" ;;
	cms) fuzz cms "$evidence $root/src/evidence/note.c" "" ;;
	crl) fuzz crl "$evidence $material $pdf" "-lz" ;;
	ocsp) fuzz ocsp "$evidence $material $pdf" "-lz" ;;
	authority) fuzz authority "$authority" "" ;;
	verify) fuzz verify "$evidence $material $(ls "$root"/src/evidence/verify*.c) $pdf" "-lz -ljansson" ;;
	pair) fuzz pair "$evidence $material $(ls "$root"/src/evidence/verify*.c) $root/src/evidence/pair.c $pdf" "-lz -ljansson" ;;
	package)
		fuzz package "$evidence $material $(ls "$root"/src/evidence/verify*.c) $root/src/evidence/note.c $pdf $(ls "$root"/src/package/*.c) $ledger" \
			"-lz -ljansson -lzip" ;;
	ledger) fuzz ledger "$ledger" "" ;;
	*) echo "no such target: $1" >&2 && exit 2 ;;
	esac
}

# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- seeds $targets
for name; do
	run "$name"
done
