using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Hosting.Configuration.Sections;
using AkkaPrivacy.Hosting.Hocon;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Configuration;

/// <summary>Holds hocon/reference.conf equal to the options in code.</summary>
public sealed class ReferenceTests
{
    private static readonly string[] NamedByTheWriter = ["pipeline.data-map", "pipeline.sources", "pipeline.split", "pipeline.stages", "pipeline.stages.*.table.columns", "pipeline.queries", "pipeline.sinks", "pipeline.supervision", "pipeline.side-outputs"];
    private readonly HoconObject _root = HoconDocument.Load(Path.Combine(Pipelines.Root(), "hocon", "reference.conf")).Resolve(_ => null);
    private readonly ReadContext _context = new();

    public ReferenceTests() => PipelineConfiguration.Bind(_root, _context);

    [Fact]
    public void It_shows_every_option_and_no_other()
    {
        var options = _context.Known.Select(option => option.Pattern).Distinct().Order(StringComparer.Ordinal);
        var written = Written().Select(pair => pair.Pattern).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(options, written);
    }

    [Fact]
    public void It_shows_every_default()
    {
        var written = Written().ToLookup(pair => pair.Pattern, pair => pair.Text);
        foreach (var option in _context.Known.Where(option => option.Default is not null).DistinctBy(option => option.Pattern))
        {
            Assert.True(
                option.Default == "[]" ? written[option.Pattern].Any() : written[option.Pattern].Contains(option.Default),
                $"{option.Pattern} has default {option.Default}, but reference.conf shows {string.Join(", ", written[option.Pattern])}.");
        }
    }

    [Fact]
    public void It_shows_every_treatment()
    {
        var text = File.ReadAllText(Path.Combine(Pipelines.Root(), "hocon", "reference.conf"));
        Assert.All(TreatmentSection.ByName.Keys, name => Assert.Matches($"treatment (= |{{ ){name}", text));
    }

    private IEnumerable<(string Pattern, string Text)> Written() => Leaves((HoconObject)_root["pipeline"], "pipeline", "pipeline");

    private static IEnumerable<(string Pattern, string Text)> Leaves(HoconObject section, string path, string pattern)
    {
        foreach (var (key, value) in section)
        {
            var own = NamedByTheWriter.Contains(pattern) ? $"{pattern}.*" : $"{pattern}.{key}";
            if (value is HoconObject inner)
            {
                // A treatment with options is an option by itself, too.
                foreach (var leaf in Leaves(inner, $"{path}.{key}", own).Concat(key == "treatment" ? [(own, "{}")] : []))
                {
                    yield return leaf;
                }
            }
            else
            {
                yield return (own, value is HoconScalar scalar ? scalar.Text : "[...]");
            }
        }
    }
}
