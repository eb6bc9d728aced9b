using System.Text.RegularExpressions;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Hosting.Configuration.Sections.Stages;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads <c>pipeline</c>, and through the other sections everything in it.</summary>
internal static partial class PipelineSection
{
    private static readonly Rule<string> Name = Rules.Text(NamePattern(), "1 to 64 characters of a-z A-Z 0-9 . _ -");

    private static readonly Rule<string> Subject = Rules.Text(FieldPattern(), "the name of a field with treatment token");

    // The smallest rate that still separates tokens: 2^-56.
    private static readonly Rule<double> Rate = Rules.Number(Math.ScaleB(1, -56), 1);

    public static PipelineOptions Read(Section pipeline)
    {
        var account = AccountSection.Read(pipeline.Child("account"));
        var store = StoreSection.Read(pipeline.Child("store"));
        var subject = pipeline.Require("subject", Subject, string.Empty);
        var source = SourceSection.Read(pipeline.Child("source"), store);
        var split = SplitSection.Read(pipeline.Children("split"));
        var options = new PipelineOptions
        {
            Settings = Settings(pipeline, account),
            Source = source,
            MoreSources = MoreSources(pipeline, source, store),
            Split = split,
            Throttle = ThrottleSection.Read(pipeline.Child("throttle")),
            Map = DataMapSection.Read(pipeline, subject),
            Subject = subject,
            Sample = Sample(pipeline.Child("sample")),
            Stages = [.. pipeline.Children("stages").SelectMany(section => StageSection.Read(section, subject))],
            Queries = Queries(pipeline, account.Period, split),
            Supervision = SupervisionSection.Read(pipeline),
            Keys = StoreSection.ReadKeys(pipeline.Child("keys"), store),
            Store = store,
            Sinks = [.. pipeline.Children("sinks").Select(section => SinkSection.Read(section, store))],
            SideOutputs = SideOutputSection.Read(pipeline),
        };
        if (options.Settings.Arrival == ArrivalMode.Field && !options.Map.Map.Fields.Any(field => field.Role == TimeRole.Arrival))
        {
            pipeline.Child("time").Error("arrival", "found 'field', but no field of the data map has the role arrival; allowed is event-time, ingest, or a field with that role");
        }

        pipeline.Done();
        return options;
    }

    private static PipelineSettings Settings(Section pipeline, AccountPolicy account)
    {
        var settings = new PipelineSettings
        {
            Name = pipeline.Get("name", Name, "pipeline"),
            Account = account,
            Confidence = pipeline.Get("confidence", Rules.Above(0.5, 0.9999), "0.95"),
        };
        return RuntimeSection.Read(pipeline.Child("runtime"), TimeSection.Read(pipeline.Child("time"), settings));
    }

    private static List<(string Name, SourceOptions Source)> MoreSources(Section pipeline, SourceOptions source, StoreOptions store)
    {
        var more = new List<(string Name, SourceOptions Source)>();
        foreach (var section in pipeline.Children("sources"))
        {
            var options = SourceSection.Read(section, store);
            if (!FieldPattern().IsMatch(section.Name) || section.Name == GraphBuilder.FirstSource)
            {
                section.Error($"a source's name is 1 to 64 characters of a-z A-Z 0-9 _ -, and not '{GraphBuilder.FirstSource}'");
            }

            if (options.Format != source.Format || options.Csv.Delimiter != source.Csv.Delimiter
                || options.Csv.HasHeading != source.Csv.HasHeading || !options.Csv.Columns.SequenceEqual(source.Csv.Columns))
            {
                section.Error("type", "found another format than that of pipeline.source; allowed are sources of one format");
            }

            more.Add((section.Name, options));
        }

        return more;
    }

    private static SampleOptions? Sample(Section section)
    {
        var rate = section.Get("rate", Rate, "1.0");
        section.Done();
        return rate < 1 ? new SampleOptions(rate, section.Place) : null;
    }

    private static List<QueryOptions> Queries(Section pipeline, TimeSpan period, IReadOnlyList<BranchOptions> split)
    {
        var sections = pipeline.Children("queries");
        if (sections.Count == 0)
        {
            pipeline.Missing("queries", "an object with at least one query, such as visitors { aggregate = distinct-subjects, window = 1h, noise { epsilon = 0.2 } }");
        }

        return [.. sections.Select(section => QuerySection.Read(section, period, split))];
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9._-]{1,64}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,64}\z")]
    private static partial Regex FieldPattern();
}
