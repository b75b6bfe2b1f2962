// What the tests of the code store and the feature store do not ask for.

#include "datasets/blobs/blob_store.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "datasets/blobs/blob_index.h"
#include "datasets/blobs/blob_store_writer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/config/json_fields.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/hash/hash.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kStore[] = "/letters";

BlobFormat LettersOf(std::uint64_t width);

constexpr BlobKind kLetters = {
    "letter store",
    1,
    "letters.bin",
    "letters.jsonl",
    "letters",
    1,
    "words",
    "write again",
    [](JsonFields& manifest) {
      return LettersOf(manifest.Number("width", 1, 1000));
    },
};

// Words of `width` letters, none of them a "?".
BlobFormat LettersOf(std::uint64_t width) {
  BlobFormat format;
  format.kind = &kLetters;
  format.fields = {{"width", width}};
  format.unit_elements = width;
  format.unit = absl::StrCat(width);
  format.description = absl::StrCat("words of ", width);
  format.fault = [](absl::string_view blob) {
    return absl::StrContains(blob, "?") ? "has a question" : "";
  };
  return format;
}

class BlobStoreTest : public testing::Test {
 protected:
  BlobStoreTest() {
    EXPECT_THAT(Write({{"a", "onetwo"}, {"b", "six"}}), IsOk());
  }

  absl::Status Write(
      const std::vector<std::pair<std::string, std::string>>& blobs) {
    ASSIGN_OR_RETURN(const std::unique_ptr<BlobStoreWriter> writer,
                     BlobStoreWriter::Open(files_, kStore, LettersOf(3)));
    for (const auto& [id, blob] : blobs) {
      RETURN_IF_ERROR(writer->Append(id, blob));
    }
    return writer->Finish();
  }

  std::string Read(absl::string_view name) {
    return files_.Read(absl::StrCat(kStore, "/", name)).value();
  }

  void Replace(absl::string_view name, absl::string_view contents) {
    ASSERT_THAT(
        files_.WriteAtomically(absl::StrCat(kStore, "/", name), contents),
        IsOk());
  }

  // An index that the manifest vouches for.
  void ReplaceIndex(absl::string_view contents) {
    const std::string was = HashBytes(Read("letters.jsonl")).ToHex();
    Replace("letters.jsonl", contents);
    Replace("manifest.json",
            absl::StrReplaceAll(Read("manifest.json"),
                                {{was, HashBytes(contents).ToHex()}}));
  }

  absl::Status OpenStatus() {
    return BlobStore::Open(files_, kStore, kLetters).status();
  }

  MemoryFiles files_;
};

TEST_F(BlobStoreTest, HoldsWhatTheFormatSays) {
  EXPECT_EQ(Read("letters.bin"), "onetwosix");
  EXPECT_EQ(Read("letters.jsonl"),
            absl::StrCat(R"({"id":"a","words":2,"xxh3":")",
                         HashBytes("onetwo").ToHex(), "\"}\n",
                         R"({"id":"b","words":1,"xxh3":")",
                         HashBytes("six").ToHex(), "\"}\n"));
  EXPECT_EQ(Read("manifest.json"),
            absl::StrCat(R"({
  "finished": {
    "index_xxh3": ")",
                         HashBytes(Read("letters.jsonl")).ToHex(),
                         R"(",
    "recordings": 2,
    "words": 3
  },
  "format": "culturemert letter store",
  "version": 1,
  "width": 3
}
)"));
}

TEST_F(BlobStoreTest, MayBeEmpty) {
  ASSERT_THAT(files_.RemoveTree(kStore), IsOk());
  ASSERT_THAT(Write({}), IsOk());
  const auto store = BlobStore::Open(files_, kStore, kLetters);
  ASSERT_THAT(store, IsOk());
  EXPECT_TRUE((*store)->blobs().empty());
  EXPECT_EQ((*store)->units(), 0u);
  EXPECT_THAT((*store)->Verify(), IsOk());
}

TEST_F(BlobStoreTest, OfAnotherKindIsRefusedByReaderAndWriter) {
  Replace("manifest.json",
          absl::StrReplaceAll(Read("manifest.json"), {{"letter", "number"}}));
  const auto refuses =
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("manifest.json: format is \"culturemert number"),
                     HasSubstr("expected \"culturemert letter store\"")));
  EXPECT_THAT(OpenStatus(), refuses);
  EXPECT_THAT(Write({}), refuses);
}

TEST_F(BlobStoreTest, MustHaveTheFieldsOfItsKindAndNoOthers) {
  const std::string manifest = Read("manifest.json");
  Replace("manifest.json",
          absl::StrReplaceAll(manifest, {{"\"width\": 3", "\"width\": 0"}}));
  EXPECT_THAT(OpenStatus(), StatusIs(absl::StatusCode::kInvalidArgument,
                                     HasSubstr("width is 0")));
  Replace("manifest.json",
          absl::StrReplaceAll(manifest,
                              {{"\"width\": 3", "\"width\": 3, \"x\": 1"}}));
  EXPECT_THAT(OpenStatus(), StatusIs(absl::StatusCode::kInvalidArgument,
                                     HasSubstr("has 5 fields, expected 4")));
}

TEST_F(BlobStoreTest, MayNotAnnounceMoreThanCanBeCounted) {
  Replace(
      "manifest.json",
      absl::StrReplaceAll(Read("manifest.json"),
                          {{"\"words\": 3", "\"words\": 1537228672809129302"},
                           {"\"width\": 3", "\"width\": 4"}}));
  EXPECT_THAT(OpenStatus(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("words is 1537228672809129302")));
}

TEST_F(BlobStoreTest, ThatIsNotFinishedSaysWhatToDo) {
  ASSERT_THAT(BlobStoreWriter::Open(files_, kStore, LettersOf(3)), IsOk());
  EXPECT_THAT(OpenStatus(), IsOk());
  {
    const auto writer = BlobStoreWriter::Open(files_, kStore, LettersOf(3));
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT((*writer)->Append("c", "ten"), IsOk());
  }
  EXPECT_THAT(OpenStatus(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("the letter store was not finished; write "
                                 "again to go on")));
}

TEST_F(BlobStoreTest, MustNameEachRecordingOnce) {
  ReplaceIndex(
      absl::StrReplaceAll(Read("letters.jsonl"), {{"\"b\"", "\"a\""}}));
  EXPECT_THAT(OpenStatus(),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("letters.jsonl:2: \"a\" is there twice")));
}

TEST_F(BlobStoreTest, MustHaveAsManyBlobsAsTheManifestSays) {
  ReplaceIndex("");
  EXPECT_THAT(OpenStatus(),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("0 recordings of 0 words, the manifest says "
                                 "2 of 3")));
}

TEST_F(BlobStoreTest, VerifyFindsElementsThatCannotBe) {
  Replace("letters.bin", "onetwosi?");
  ReplaceIndex(absl::StrReplaceAll(
      Read("letters.jsonl"),
      {{HashBytes("six").ToHex(), HashBytes("si?").ToHex()}}));
  const auto store = BlobStore::Open(files_, kStore, kLetters);
  ASSERT_THAT(store, IsOk());
  EXPECT_THAT((*store)->Verify(),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("letters.bin: \"b\": has a question")));
}

TEST_F(BlobStoreTest, LosesLinesWithoutBlobsWhenOpenedToGoOn) {
  Replace("letters.bin", "onetwosi");
  ASSERT_THAT(BlobStoreWriter::Open(files_, kStore, LettersOf(3)), IsOk());
  EXPECT_EQ(OpenStatus().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Read("letters.bin"), "onetwo");
  EXPECT_EQ(Read("letters.jsonl"),
            absl::StrCat(R"({"id":"a","words":2,"xxh3":")",
                         HashBytes("onetwo").ToHex(), "\"}\n"));
}

TEST_F(BlobStoreTest, LosesBytesThatNoLineTellsOfWhenOpenedToGoOn) {
  Replace("letters.bin", "onetwosixten");
  ASSERT_THAT(BlobStoreWriter::Open(files_, kStore, LettersOf(3)), IsOk());
  EXPECT_EQ(OpenStatus().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Read("letters.bin"), "onetwosix");
}

}  // namespace
}  // namespace culturemert
