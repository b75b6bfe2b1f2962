#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

#include "fluidsynth.h"
#include "gtest/gtest.h"
#include "mpg123.h"
#include "re2/re2.h"
#include "sndfile.h"
#include "soxr.h"
#include "xxhash.h"

namespace {

TEST(PackagesTest, Re2MatchesWithoutBacktracking) {
  std::string culture;
  EXPECT_TRUE(RE2::FullMatch("culture:makam", "culture:(\\w+)", &culture));
  EXPECT_EQ(culture, "makam");
  EXPECT_FALSE(RE2("(unclosed", RE2::Quiet).ok());
}

TEST(PackagesTest, JsonReadsWhatItWrites) {
  const nlohmann::json value = {{"codebooks", 8}, {"frame_rate_hz", 75.0}};
  EXPECT_EQ(nlohmann::json::parse(value.dump()), value);
}

TEST(PackagesTest, SndfileReadsTheFormatsOfTheField) {
  EXPECT_GE(std::string(sf_version_string()), "libsndfile-1.2");
  for (const int format : {SF_FORMAT_WAV, SF_FORMAT_WAVEX, SF_FORMAT_AIFF}) {
    SF_INFO info{};
    info.samplerate = 24000;
    info.channels = 1;
    info.format = format | SF_FORMAT_PCM_24;
    EXPECT_TRUE(sf_format_check(&info)) << format;
  }
  SF_INFO vorbis{};
  vorbis.samplerate = 24000;
  vorbis.channels = 1;
  vorbis.format = SF_FORMAT_OGG | SF_FORMAT_VORBIS;
  EXPECT_TRUE(sf_format_check(&vorbis));
  SF_INFO flac{};
  flac.samplerate = 24000;
  flac.channels = 1;
  flac.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
  EXPECT_TRUE(sf_format_check(&flac));
}

TEST(PackagesTest, Mpg123HasADecoder) {
  int error = MPG123_OK;
  mpg123_handle* handle = mpg123_new(nullptr, &error);
  ASSERT_NE(handle, nullptr) << mpg123_plain_strerror(error);
  mpg123_delete(handle);
}

TEST(PackagesTest, SoxrKeepsTheDurationOfASignal) {
  std::string input(2 * 44100, '\0');
  std::string output(2 * 24000 + 64, '\0');
  const soxr_io_spec_t io = soxr_io_spec(SOXR_INT16_I, SOXR_INT16_I);
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
  std::size_t used = 0;
  std::size_t made = 0;
  ASSERT_EQ(soxr_oneshot(44100, 24000, 1, input.data(), 44100, &used,
                         output.data(), 24032, &made, &io, &quality, nullptr),
            nullptr);
  EXPECT_EQ(made, 24000u);
}

TEST(PackagesTest, FluidsynthMakesASynthesizer) {
  fluid_settings_t* settings = new_fluid_settings();
  ASSERT_NE(settings, nullptr);
  EXPECT_EQ(fluid_settings_setnum(settings, "synth.sample-rate", 24000.0),
            FLUID_OK);
  fluid_synth_t* synth = new_fluid_synth(settings);
  EXPECT_NE(synth, nullptr);
  delete_fluid_synth(synth);
  delete_fluid_settings(settings);
}

// The value that the reference program prints for no input: xxhsum -H2.
TEST(PackagesTest, XxHashGivesThePublishedHashOfNothing) {
  const XXH128_hash_t hash = XXH3_128bits("", 0);
  EXPECT_EQ(hash.high64, 0x99aa06d3014798d8u);
  EXPECT_EQ(hash.low64, 0x6001c324468d497fu);
}

}  // namespace
