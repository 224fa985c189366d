# The few shapes a target of dpol can have.

# dpol_together(TARGET [APART files…])
# With DPOL_UNITY, sources of a target are compiled several at a time: half of what g++ does for one
# of them, it does for headers and templates that the next one has, too. APART: files whose own short
# names others have, too.
function(dpol_together target)
  cmake_parse_arguments(arg "" "" "APART" ${ARGN})
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${DPOL_UNITY} UNITY_BUILD_BATCH_SIZE 5)
  if(arg_APART)
    set_source_files_properties(${arg_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
endfunction()

# dpol_library(NAME [PUBLIC libraries…] [PRIVATE libraries…] [EXCLUDE files…] [APART files…])
# A static library of all sources in this folder and below, but for EXCLUDE. Without APART each is
# compiled by itself; NONE stands for no file.
function(dpol_library name)
  cmake_parse_arguments(arg "" "" "PUBLIC;PRIVATE;EXCLUDE;APART" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  list(TRANSFORM arg_EXCLUDE PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  list(REMOVE_ITEM sources ${arg_EXCLUDE})
  dpol_static(${name} SOURCES ${sources} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  if(arg_APART)
    list(REMOVE_ITEM arg_APART NONE)
    dpol_together(${name} APART ${arg_APART})
    if(TARGET ${name}_plain)
      dpol_together(${name}_plain)
    endif()
  endif()
endfunction()

# dpol_static(NAME SOURCES files… [PUBLIC libraries…] [PRIVATE libraries…])
# A static library; where there are sanitizers, NAME_plain is the same without them, built only if
# a plain test program needs it.
function(dpol_static name)
  cmake_parse_arguments(arg "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  if(DPOL_SANITIZE AND DPOL_TESTS)
    add_library(${name}_plain STATIC EXCLUDE_FROM_ALL ${arg_SOURCES})
    dpol_plain(public ${arg_PUBLIC})
    dpol_plain(private ${arg_PRIVATE})
    target_link_libraries(${name}_plain PUBLIC ${public} PRIVATE ${private})
    target_compile_options(${name}_plain PRIVATE -fno-sanitize=all)
  endif()
endfunction()

# dpol_plain(OUT libraries…)
# The libraries, ours without sanitizers.
function(dpol_plain out)
  set(libraries ${ARGN})
  if(DPOL_SANITIZE)
    list(TRANSFORM libraries APPEND _plain REGEX "^dpol_")
  endif()
  set(${out} ${libraries} PARENT_SCOPE)
endfunction()

# dpol_embed(TARGET FUNCTION FILES HEADER NAMESPACE)
# The texts of FILES as a function of the target, which HEADER declares.
function(dpol_embed target function files header namespace)
  file(GLOB texts CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${files}")
  set(embedded "${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp")
  set(script "${PROJECT_SOURCE_DIR}/cmake/embed_texts.cmake")
  add_custom_command(
    OUTPUT "${embedded}"
    COMMAND "${CMAKE_COMMAND}" "-DFILES=${PROJECT_SOURCE_DIR}/${files}" "-DFUNCTION=${function}"
            "-DHEADER=${header}" "-DNAMESPACE=${namespace}" "-DOUTPUT=${embedded}" -P "${script}"
    DEPENDS ${texts} "${script}"
    VERBATIM)
  target_sources(${target} PRIVATE "${embedded}")
  set_source_files_properties("${embedded}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  if(TARGET ${target}_plain)
    target_sources(${target}_plain PRIVATE "${embedded}")
  endif()
endfunction()

# dpol_unit_tests(AREA libraries… [APART files…])
# One test program of all sources in tests/unit/AREA; its tests are named AREA.Suite.Name. APART as in
# dpol_library.
function(dpol_unit_tests area)
  cmake_parse_arguments(arg "" "" "APART" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "unit/${area}/*.cpp")
  dpol_test_program(${area}_test ${area} SOURCES ${sources} LIBRARIES ${arg_UNPARSED_ARGUMENTS})
  if(arg_APART)
    list(REMOVE_ITEM arg_APART NONE)
    list(TRANSFORM arg_APART PREPEND "unit/${area}/")
    dpol_together(${area}_test APART ${arg_APART})
  endif()
endfunction()

# dpol_test_program(NAME PREFIX [OPTIMISED | PLAIN] [SHARDS n] SOURCES files… LIBRARIES libraries…)
# A GoogleTest program; DPOL_SOURCE_DIR is the root of the repository, for files that tests read.
# OPTIMISED: the test itself computes a lot. PLAIN: so much that sanitizers, which take ten times
# as long, would leave time for a tenth of it only; what it tests is run under them elsewhere.
# SHARDS: ctest starts the program n times, each for a part of its tests, and not once for each.
function(dpol_test_program name prefix)
  cmake_parse_arguments(arg "OPTIMISED;PLAIN" "SHARDS" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  if(arg_PLAIN)
    dpol_plain(arg_LIBRARIES ${arg_LIBRARIES})
  endif()
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE "DPOL_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\"")
  if(DPOL_SANITIZE AND arg_PLAIN)
    target_compile_options(${name} PRIVATE -fno-sanitize=all)
    target_link_options(${name} PRIVATE -fno-sanitize=all)
  elseif(DPOL_SANITIZE AND NOT arg_OPTIMISED)
    # What is under test is in the libraries. GoogleTest's macros take g++ four times as long to
    # compile when it optimises and checks them, too.
    target_compile_options(${name} PRIVATE -O0 -fno-sanitize=undefined)
  endif()
  if(arg_SHARDS)
    math(EXPR last "${arg_SHARDS} - 1")
    foreach(shard RANGE ${last})
      add_test(NAME "${prefix}.${shard}" COMMAND ${name})
      set_tests_properties("${prefix}.${shard}" PROPERTIES TIMEOUT 300 ENVIRONMENT
        "GTEST_TOTAL_SHARDS=${arg_SHARDS};GTEST_SHARD_INDEX=${shard}")
    endforeach()
    return()
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
