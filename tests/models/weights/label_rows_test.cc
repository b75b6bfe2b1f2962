#include "models/weights/label_rows.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Lists = std::map<std::string, std::vector<std::string>>;

TEST(LabelRowsTest, FourRowsMoreThanAPowerOfTwoAreSpecials) {
  absl::StatusOr<LabelRows> labels = FindLabelRows(2 * (4 + 2), 2, false, {});
  ASSERT_THAT(labels, IsOk());
  EXPECT_EQ(labels->codes, 2);
  EXPECT_THAT(labels->rows, ElementsAre(4, 5, 10, 11));
  EXPECT_THAT(labels->reason, HasSubstr("no dictionary"));
}

TEST(LabelRowsTest, MertsTableKeepsRowsFourTo1027OfEachBook) {
  absl::StatusOr<LabelRows> labels = FindLabelRows(8224, 8, true, {});
  ASSERT_THAT(labels, IsOk());
  ASSERT_EQ(labels->rows.size(), 8192u);
  for (std::int64_t k = 0; k < 8; ++k) {
    for (std::int64_t c = 0; c < 1024; ++c) {
      ASSERT_EQ(labels->rows[k * 1024 + c], 1028 * k + 4 + c);
    }
  }
}

TEST(LabelRowsTest, APowerOfTwoHasNoSpecials) {
  absl::StatusOr<LabelRows> labels = FindLabelRows(8, 2, false, {});
  ASSERT_THAT(labels, IsOk());
  EXPECT_EQ(labels->codes, 4);
  EXPECT_THAT(labels->rows, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST(LabelRowsTest, FairseqsTableAlwaysBeginsWithSpecials) {
  absl::StatusOr<LabelRows> labels = FindLabelRows(16, 2, true, {});
  ASSERT_THAT(labels, IsOk());
  EXPECT_EQ(labels->codes, 4);
  EXPECT_THAT(labels->rows, ElementsAre(4, 5, 6, 7, 12, 13, 14, 15));
  EXPECT_THAT(FindLabelRows(8, 2, true, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("4 rows a book, expected more than")));
}

TEST(LabelRowsTest, DictionariesDecideTheOrderWhereTheyAreKept) {
  const Lists symbols = {
      {"task_state.dictionaries.0.symbols",
       {"<s>", "<pad>", "</s>", "<unk>", "1", "0"}},
      {"task_state.dictionaries.1.symbols",
       {"<s>", "<pad>", "</s>", "<unk>", "0", "1", "madeupword0000"}},
      {"task_state.dictionaries.7.symbols", {"of", "no", "book"}}};
  absl::StatusOr<LabelRows> labels = FindLabelRows(14, 2, true, symbols);
  EXPECT_THAT(labels, StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("14 rows, the dictionaries in the "
                                         "task state 13 symbols")));
  Lists fitting = symbols;
  fitting["task_state.dictionaries.0.symbols"].push_back("madeupword0000");
  labels = FindLabelRows(14, 2, true, fitting);
  ASSERT_THAT(labels, IsOk());
  EXPECT_EQ(labels->codes, 2);
  EXPECT_THAT(labels->rows, ElementsAre(5, 4, 11, 12));
  EXPECT_THAT(labels->reason, HasSubstr("dictionaries in the task state"));
}

TEST(LabelRowsTest, ADictionaryWithoutOneOfItsCodesIsRefused) {
  const Lists symbols = {
      {"task_state.dictionaries.0.symbols", {"<s>", "0", "2", "02"}}};
  EXPECT_THAT(FindLabelRows(4, 1, true, symbols),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("dictionary of book 0")));
}

TEST(LabelRowsTest, ATableOfAnotherSizeIsRefused) {
  EXPECT_THAT(FindLabelRows(9, 2, false, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("multiple of the 2 books")));
  EXPECT_THAT(FindLabelRows(14, 2, false, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("7 rows a book, expected a power of two")));
  EXPECT_THAT(
      FindLabelRows(2, 2, false, {}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1 rows a book")));
  EXPECT_THAT(
      FindLabelRows(0, 8, false, {}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("has 0 rows")));
  EXPECT_THAT(
      FindLabelRows(8, 0, false, {}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("0 books")));
}

}  // namespace
}  // namespace culturemert
