# The few shapes a target of dpol can have.

# Adds a folder whose library is `target`. A folder that has no sources yet is an empty library.
function(dpol_folder folder target)
  file(GLOB sources CONFIGURE_DEPENDS "${folder}/CMakeLists.txt" "${folder}/*.cpp")
  list(LENGTH sources count)
  if(count GREATER 1 AND (NOT folder STREQUAL "cli" OR EXISTS "${PROJECT_SOURCE_DIR}/cli/main.cpp"))
    add_subdirectory("${folder}")
  else()
    message(WARNING "${folder} has no sources")
    add_library("${target}" INTERFACE)
  endif()
endfunction()

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
  if(NOT sources)
    message(WARNING "tests/unit/${area} has no sources")
    return()
  endif()
  dpol_test_program(${area}_test ${area} SOURCES ${sources} LIBRARIES ${ARGN})
endfunction()

# dpol_test_program(NAME PREFIX SOURCES files… LIBRARIES libraries…)
# A GoogleTest program; DPOL_SOURCE_DIR is the root of the repository, for files that tests read.
function(dpol_test_program name prefix)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE "DPOL_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\"")
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
