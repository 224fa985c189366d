# The packages dpol is built from; docs/dependencies.md says what each is for. They are looked up
# here and not in the folder that uses them, since a static library hands its private packages on
# to whatever is linked with it, in other folders too.

find_package(pegtl 3.2 REQUIRED)          # lang
find_package(re2 MODULE REQUIRED)         # runtime/vm
find_package(PkgConfig REQUIRED)
pkg_check_modules(DPOL_LIBMD REQUIRED IMPORTED_TARGET GLOBAL libmd)  # runtime/program
find_package(nlohmann_json 3.11 REQUIRED) # runtime/inputs, runtime/reports, cli
find_package(yaml-cpp 0.7 REQUIRED)       # runtime/inputs
find_package(pugixml 1.13 REQUIRED)       # sources
find_package(simdjson 3 REQUIRED)         # runtime/inputs
find_package(SQLite3 3.37 REQUIRED)       # runtime/state
find_package(CURL 7.85 REQUIRED)          # runtime/prometheus
find_package(OpenSSL 3 REQUIRED)          # sources
find_package(fmt 9 REQUIRED)              # text, in sources only
find_package(CLI11 2 REQUIRED)            # cli

if(DPOL_TESTS)
  find_package(GTest 1.12 REQUIRED)
endif()
if(DPOL_BENCH)
  find_package(benchmark REQUIRED)
endif()
