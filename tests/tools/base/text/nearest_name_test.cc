#include "tools/base/text/nearest_name.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::IsEmpty;

// All strings of up to `size` letters of {a, b, c}.
std::vector<std::string> AllWords(std::size_t size) {
  std::vector<std::string> words = {""};
  for (std::size_t begin = 0; words.back().size() < size;) {
    const std::size_t end = words.size();
    for (; begin < end; ++begin) {
      for (const char letter : {'a', 'b', 'c'}) {
        words.push_back(words[begin] + letter);
      }
    }
  }
  return words;
}

// The definition, by recursion on the last letters.
std::size_t Plain(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return std::max(a.size(), b.size());
  const std::string a1 = a.substr(0, a.size() - 1);
  const std::string b1 = b.substr(0, b.size() - 1);
  std::size_t edits =
      std::min({Plain(a1, b) + 1, Plain(a, b1) + 1,
                Plain(a1, b1) + (a.back() == b.back() ? 0 : 1)});
  if (a.size() > 1 && b.size() > 1 && a.back() == b[b.size() - 2] &&
      a[a.size() - 2] == b.back()) {
    edits = std::min(
        edits, Plain(a.substr(0, a.size() - 2), b.substr(0, b.size() - 2)) + 1);
  }
  return edits;
}

TEST(EditDistanceTest, EqualsItsDefinitionOnAllShortWords) {
  const std::vector<std::string> words = AllWords(4);
  ASSERT_EQ(words.size(), 121u);
  for (const std::string& a : words) {
    for (const std::string& b : words) {
      ASSERT_EQ(EditDistance(a, b), Plain(a, b)) << a << " " << b;
    }
  }
}

TEST(EditDistanceTest, IgnoresCaseAndTheKindOfDash) {
  EXPECT_EQ(EditDistance("Warm-Up", "warm_up"), 0u);
  EXPECT_EQ(EditDistance("warm up", "warm_up"), 1u);
}

TEST(NearestNameTest, FindsAllSingleTypos) {
  const std::vector<std::string> names = {"steps", "warm_up_steps", "seed"};
  for (const std::string& name : names) {
    for (std::size_t i = 0; i < name.size(); ++i) {
      std::string dropped = name, replaced = name, swapped = name;
      dropped.erase(i, 1);
      replaced[i] = '#';
      std::swap(swapped[i], swapped[i + 1 < name.size() ? i + 1 : i - 1]);
      EXPECT_EQ(NearestName(dropped, names), name);
      EXPECT_EQ(NearestName(replaced, names), name);
      EXPECT_EQ(NearestName(swapped, names), name);
    }
  }
}

TEST(NearestNameTest, PrefersTheFewestEditsThenTheFirst) {
  EXPECT_EQ(NearestName("stage", {"stages", "stage"}), "stage");
  EXPECT_EQ(NearestName("stagex", {"stagey", "stagez"}), "stagey");
}

TEST(NearestNameTest, IsEmptyWhereNothingIsNear) {
  EXPECT_THAT(NearestName("tokenizer", {"steps", "seed"}), IsEmpty());
  EXPECT_THAT(NearestName("abc", {}), IsEmpty());
  EXPECT_THAT(NearestName("", {"a", ""}), IsEmpty());
  EXPECT_THAT(NearestName("x", {"a"}), IsEmpty());
  EXPECT_THAT(NearestName(std::string(10'000'000, 'x'), {"steps"}), IsEmpty());
}

TEST(DidYouMeanTest, PutsTheNameIntoWords) {
  EXPECT_EQ(DidYouMean("step", {"steps"}), " (did you mean \"steps\"?)");
  EXPECT_EQ(DidYouMean("tokenizer", {"steps"}), "");
}

}  // namespace
}  // namespace culturemert
