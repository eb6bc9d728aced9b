using System.Text;
using AkkaPrivacy.Hosting.Configuration;

namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>Whole configurations, as a file and as settings of a command line. Mistakes are listed; nothing else is thrown.</summary>
internal static class ConfigurationTargets
{
    private const string Sound =
        """
        pipeline {
          name = site
          source { type = json-lines, path = "in.jsonl" }
          time { arrival = field, allowed-lateness = 10m, range { from = "2026-03-01T00:00:00Z", to = "2026-03-02T00:00:00Z" } }
          subject = visitor
          data-map {
            time { type = time, class = time, role = event }
            received { type = time, class = time, role = arrival }
            visitor { type = text, class = direct-identifier, treatment = token }
            page { type = text, class = attribute }
            bytes { type = integer, class = measure }
          }
          sample { rate = 0.5 }
          account { name = "site/a", budget { epsilon = 2, delta = 1e-6 } }
          queries {
            visitors { aggregate = distinct-subjects, window = 1h, bounds { windows = 2 }, noise { epsilon = 0.25 } }
            pages { aggregate = count, window { size = 1h, slide = 5m }, group-by = [page], key-selection { epsilon = 0.5, delta = 1e-6 }, noise { epsilon = 0.25 } }
            volume { aggregate = sum, field = bytes, clamp { upper = 1000 }, window = 1d, noise { epsilon = 0.25 } }
          }
        }
        """;

    private static readonly string[] Tokens =
        ["{", "}", "[", "]", "=", ":", ",", "\n", "\"", "pipeline.", "queries.", "q", "0", "-1", "1e400", "NaN", "9223372036854775808", "10s", "0ms", "null", "true", "${pipeline.name}", "${?X}", "#", "page", "1d", "é", "\0"];

    /// <summary>A file, and settings above a sound one.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("configuration", () => FuzzTargets.Texts(Sound), Tokens, () => input => Load(Encoding.UTF8.GetString(input), [])),
        new("set", () => FuzzTargets.Texts("pipeline.confidence=0.9", "pipeline.queries.pages.window.slide = 10m\npipeline.account.budget={ epsilon = 3, delta = 1e-6 }", "pipeline.\"name\"=\"a=b\"\npipeline.data-map.page=null"), Tokens,
            () => input => Load(Sound, Encoding.UTF8.GetString(input).Split('\n'))),
    ];

    private static bool Load(string text, IReadOnlyList<string> set)
    {
        try
        {
            ConfigurationLoader.LoadText(text, "fuzz", set);
            return true;
        }
        catch (ConfigurationException)
        {
            return false;
        }
    }
}
