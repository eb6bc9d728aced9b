using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Hocon;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Configuration;

/// <summary>A sound pipeline whose lines tests replace.</summary>
internal static class Pipelines
{
    public const string Sound =
        """
        pipeline {
          name = site
          source { type = json-lines, path = "in.jsonl" }
          subject = visitor
          data-map {
            time { type = time, class = time, role = event }
            visitor { type = text, class = direct-identifier, treatment = token }
            page { type = text, class = attribute }
            bytes { type = integer, class = measure }
          }
          account { name = "site/a", budget { epsilon = 2, delta = 1e-6 } }
          queries {
            visitors { aggregate = distinct-subjects, window = 1h, bounds { windows = 2 }, noise { epsilon = 0.25 } }
            pages { aggregate = count, window = 1d, group-by = [page], key-selection { epsilon = 0.5, delta = 1e-6 }, noise { epsilon = 0.25 } }
            volume { aggregate = sum, field = bytes, clamp { upper = 1000 }, window = 1d, noise { epsilon = 0.25 } }
          }
        }
        """;

    public static PipelineConfiguration Bind(string text, params string[] set) => PipelineConfiguration.Bind(Resolve(text, set));

    public static HoconObject Resolve(string text, params string[] set)
    {
        var document = HoconDocument.Parse(text, "test.conf");
        return set.Aggregate(document, (d, assignment) => d.WithOverride(HoconOverride.Parse(assignment))).Resolve(_ => null);
    }

    public static IReadOnlyList<ConfigurationError> Errors(string text, params string[] set) =>
        Assert.Throws<ConfigurationException>(() => Bind(text, set)).Errors;

    /// <summary>Replaces a piece of the sound pipeline, which must be there, and returns the line it stands on.</summary>
    public static (string Text, int Line) Replace(string piece, string by)
    {
        var at = Sound.IndexOf(piece, StringComparison.Ordinal);
        Assert.True(at >= 0, $"'{piece}' is no part of the sound pipeline.");
        return (Sound.Remove(at, piece.Length).Insert(at, by), Sound.AsSpan(0, at).Count('\n') + 1);
    }

    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "AkkaPrivacy.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No folder above the tests holds AkkaPrivacy.sln.");
        }

        return folder.FullName;
    }
}
