// A data root in memory with every data set in its official format, made up and
// tiny, for tests.

#ifndef CULTUREMERT_TESTS_DATASETS_CATALOG_DATA_ROOT_H_
#define CULTUREMERT_TESTS_DATASETS_CATALOG_DATA_ROOT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/base/files/memory_files.h"

namespace culturemert {

inline constexpr char kDataRoot[] = "/data";

// Writes a file below kDataRoot, making its folders.
void WriteData(MemoryFiles& files, absl::string_view path,
               absl::string_view contents);

// A row of annotations_final.csv: an id, the tags that are set, the path.
struct MtatRow {
  std::string id;
  std::vector<std::string> tags;
  std::string path;
};
// With the 50 tags and 138 others, in quotes, as distributed.
std::string MtatAnnotations(const std::vector<MtatRow>& rows);

// The bytes of a .npy file of type '<U<width>', of ASCII strings.
std::string UnicodeNpy(const std::vector<std::string>& strings,
                       std::size_t width);

// The made-up MusicBrainz id number `n` < 10.
std::string Mbid(int n);

// All data sets and two folders, complete:
//   mtat           train 1, 2; valid 3; test 4; without tags 5 (test)
//   fma_medium     train 000002, 000010; valid 000020; test 000030
//   lyra           20 for training and validation, 2 for testing
//   turkish_makam, hindustani, carnatic
//                  train Mbid(0), Mbid(1); valid Mbid(2); test Mbid(3)
//   music4all      2 clips
//   ours           a folder: recordings a (two files), b and c
void WriteEverything(MemoryFiles& files);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_DATASETS_CATALOG_DATA_ROOT_H_
