# How everything of ours is compiled. Set for the whole tree, so that no target can miss it.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(DPOL_CCACHE ccache)
  if(DPOL_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${DPOL_CCACHE}")
  endif()
endif()

add_compile_options(
  -Wall -Wextra -Werror
  # The same decision on every machine: no multiply-add in the place of two roundings.
  -ffp-contract=off
  # assert() must not carry the path of the machine that built it.
  "-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=")

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 reports an overlap in `"literal" + std::string` where there is none (GCC bug 105651).
  add_compile_options(-Wno-restrict)
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12 calls std::get_temporary_buffer, which C++17 deprecates, in std::stable_sort.
  add_compile_options(-Wno-deprecated-declarations)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

if(DPOL_SANITIZE)
  add_compile_options("-fsanitize=${DPOL_SANITIZE}" -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options("-fsanitize=${DPOL_SANITIZE}")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The sanitizers' own branches make g++ see uninitialised reads that cannot happen.
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
endif()

# Includes are written from the root of the repository; "generated/…" is what the build writes.
set(DPOL_GENERATED_DIR "${PROJECT_BINARY_DIR}/include/generated")
include_directories("${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/include")
configure_file("${PROJECT_SOURCE_DIR}/cmake/version.h.in" "${DPOL_GENERATED_DIR}/version.h" @ONLY)
