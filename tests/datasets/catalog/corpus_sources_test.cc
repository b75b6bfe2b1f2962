#include "datasets/catalog/corpus_sources.h"

#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

AudioClip ClipOf(const std::string& path) {
  AudioClip clip;
  clip.path = path;
  return clip;
}

TEST(CorpusSources, NameEveryClipByItsRecording) {
  Corpus corpus;
  corpus.folder = "data/lyra";
  AudioClip part = ClipOf("b.mp3");
  part.start_seconds = 3;
  part.end_seconds = 8.5;
  corpus.recordings = {{"one", "greek", {ClipOf("a.mp3")}},
                       {"two", "greek", {part, ClipOf("c/d.mp3")}}};
  const std::vector<CorpusSource> sources = SourcesOf(corpus);
  ASSERT_EQ(sources.size(), 3u);
  EXPECT_EQ(sources[0].id, "one");
  EXPECT_EQ(sources[0].path, "data/lyra/a.mp3");
  EXPECT_EQ(sources[0].source, "a.mp3");
  EXPECT_EQ(sources[0].start_seconds, 0);
  EXPECT_EQ(sources[0].end_seconds, std::numeric_limits<double>::infinity());
  EXPECT_EQ(sources[1].id, "two#0");
  EXPECT_EQ(sources[1].start_seconds, 3);
  EXPECT_EQ(sources[1].end_seconds, 8.5);
  EXPECT_EQ(sources[2].id, "two#1");
  EXPECT_EQ(sources[2].culture, "greek");
}

TEST(CorpusSources, KnowTheFilesThatEveryoneLeavesOut) {
  Corpus corpus;
  corpus.folder = "data";
  corpus.recordings = {{"good", "x", {ClipOf("good.mp3")}},
                       {"bad", "x", {ClipOf("6/bad.mp3")}}};
  DatasetFacts facts;
  facts.known_bad = {{"6/bad.mp3", "empty"}, {"7/other.mp3", "empty"}};
  EXPECT_THAT(KnownBadIds(facts, SourcesOf(corpus)),
              UnorderedElementsAre("bad"));
}

}  // namespace
}  // namespace culturemert
