# Shared by the launchers beside it: finds a JDK and the build output, then runs one main class.
# Sourced by a launcher that has set $root to the project's folder; POSIX sh only.

fail() {
  printf 'error[unavailable]: %s\n' "$1" >&2
  printf 'hint: %s\n' "$2" >&2
  exit 7
}

# Prints the class path: our own jars and the small libraries first, because a client command needs little else.
class_path() {
  list=
  for jar in "$1"/bailiwick-*.jar "$1"/capnp-*.jar "$1"/runtime-*.jar "$1"/picocli-*.jar "$1"/jackson-*.jar "$1"/*.jar; do
    [ -e "$jar" ] || continue
    case ":$list:" in
      *":$jar:"*) ;;
      *) list=${list:+$list:}$jar ;;
    esac
  done
  printf '%s' "$list"
}

# Sets $terminals to those of the standard streams 0, 1 and 2 that are terminals: Java cannot ask about each on its own.
find_terminals() {
  terminals=
  for stream in 0 1 2; do
    [ ! -t "$stream" ] || terminals=$terminals$stream
  done
}

# run_main CLASS JVM-OPTIONS [ARGUMENT...]: replaces this shell, so signals and the exit status are the program's own.
run_main() {
  main=$1
  options=$2
  shift 2
  lib=$root/cli/target/lib
  case $(echo "$lib"/bailiwick-cli-*.jar) in
    *'*'*) fail "not built yet: nothing in $lib" "run $root/quickstart, or 'mvn package' in $root, first" ;;
  esac
  java_home=$("$root/bin/find-jdk") || exit 7
  find_terminals
  # An option list is words: ours, and the user's own from the environment.
  # shellcheck disable=SC2086
  exec "$java_home/bin/java" $options ${BAILIWICK_JAVA_OPTIONS:-} --enable-native-access=ALL-UNNAMED \
    "-Dbailiwick.home=$root" "-Dbailiwick.terminals=$terminals" -cp "$(class_path "$lib")" "$main" "$@"
}

# Start-up is what a client command spends its time on, so: the quick compiler only, and the smallest collector.
client_options='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xmx256m'
# The daemon lives long: the JVM's own choices, within a heap that leaves a small machine room for RocksDB.
daemon_options='-Xmx512m -XX:-UsePerfData'
