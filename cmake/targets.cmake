# The few shapes a target of dpol can have.

# dpol_library(NAME [PUBLIC libraries…] [PRIVATE libraries…] [EXCLUDE files…])
# A static library of all sources in this folder and below, but for EXCLUDE.
function(dpol_library name)
  cmake_parse_arguments(arg "" "" "PUBLIC;PRIVATE;EXCLUDE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  list(TRANSFORM arg_EXCLUDE PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  list(REMOVE_ITEM sources ${arg_EXCLUDE})
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
endfunction()

# dpol_unit_tests(AREA libraries…)
# One test program of all sources in tests/unit/AREA; its tests are named AREA.Suite.Name.
function(dpol_unit_tests area)
  file(GLOB sources CONFIGURE_DEPENDS "unit/${area}/*.cpp")
  dpol_test_program(${area}_test ${area} SOURCES ${sources} LIBRARIES ${ARGN})
endfunction()

# dpol_test_program(NAME PREFIX [OPTIMISED] SOURCES files… LIBRARIES libraries…)
# A GoogleTest program; DPOL_SOURCE_DIR is the root of the repository, for files that tests read.
# OPTIMISED: the test itself computes a lot.
function(dpol_test_program name prefix)
  cmake_parse_arguments(arg "OPTIMISED" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE "DPOL_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\"")
  if(DPOL_SANITIZE AND NOT arg_OPTIMISED)
    # What is under test is in the libraries. GoogleTest's macros take g++ four times as long to
    # compile when it optimises and checks them, too.
    target_compile_options(${name} PRIVATE -O0 -fno-sanitize=undefined)
  endif()
  # The programs are asked for their tests when ctest starts, so a test that crashes on start
  # fails the run and not the build; a busy machine gets more than the usual five seconds.
  gtest_discover_tests(${name} TEST_PREFIX "${prefix}." DISCOVERY_MODE PRE_TEST
                       DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()

# dpol_bench(NAME SOURCES files… LIBRARIES libraries…)
# A Google Benchmark program; `./dev bench` runs all of them.
function(dpol_bench name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} benchmark::benchmark_main)
  target_compile_definitions(${name} PRIVATE "DPOL_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\"")
  set_target_properties(${name} PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/benches")
endfunction()

# dpol_fuzzer(NAME SOURCES files… LIBRARIES libraries…)
# A libFuzzer program; `./dev fuzz` runs all of them, each on tests/fuzz/corpus/NAME and on what
# tests/fuzz/write_seeds.cpp writes for it.
function(dpol_fuzzer name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/fuzzers")
endfunction()
