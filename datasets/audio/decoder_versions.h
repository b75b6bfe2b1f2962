// What decodes and resamples here, for records.

#ifndef CULTUREMERT_DATASETS_AUDIO_DECODER_VERSIONS_H_
#define CULTUREMERT_DATASETS_AUDIO_DECODER_VERSIONS_H_

#include <string>

namespace culturemert {

struct DecoderVersions {
  std::string sndfile;  // "libsndfile 1.2.0"
  std::string mpg123;   // "libmpg123 API 47, AVX"
  std::string soxr;     // "libsoxr 0.1.3 HQ"
};

// Of the libraries this process has loaded.
DecoderVersions LoadedDecoderVersions();

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_DECODER_VERSIONS_H_
