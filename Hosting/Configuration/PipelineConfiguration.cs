using System.Text.RegularExpressions;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Hosting.Configuration.Sections;
using AkkaPrivacy.Hosting.Hocon;

namespace AkkaPrivacy.Hosting.Configuration;

/// <summary>A checked configuration.</summary>
/// <param name="Options">What was written, with defaults.</param>
/// <param name="Plan">What follows from it, without sinks.</param>
internal sealed partial record PipelineConfiguration(PipelineOptions Options, PipelinePlan Plan)
{
    /// <summary>Reads and checks a resolved tree.</summary>
    /// <param name="root">The tree.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="ConfigurationException">There are mistakes; all of them are listed.</exception>
    public static PipelineConfiguration Bind(HoconObject root) => Bind(root, new ReadContext());

    /// <summary>As above, and leaves the options that were asked for in the context.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="context">Collects mistakes and options.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="ConfigurationException">There are mistakes; all of them are listed.</exception>
    public static PipelineConfiguration Bind(HoconObject root, ReadContext context)
    {
        var options = ReadRoot(Section.Root(context, root));
        var plan = TryPlan(options, context);
        return context.Errors.Count == 0 && plan is not null
            ? new PipelineConfiguration(options, plan)
            : throw new ConfigurationException(context.Errors);
    }

    private static PipelineOptions ReadRoot(Section root)
    {
        var pipeline = root.Child("pipeline");
        if (!pipeline.IsPresent)
        {
            root.Missing("pipeline", "an object with the pipeline's options");
        }

        // Values for substitutions may stand here; everything else at the root is a slip of the pen.
        _ = root.Child("vars");
        var options = PipelineSection.Read(pipeline);
        root.Done("; options of the pipeline begin with 'pipeline.', values for substitutions with 'vars.'");
        return options;
    }

    // The planner also runs after mistakes, on stand-ins, so that what only it can find is reported in the same go.
    private static PipelinePlan? TryPlan(PipelineOptions options, ReadContext context)
    {
        var wasSound = context.Errors.Count == 0;
        if (!wasSound && (options.Queries.Count == 0 || !options.Map.Map.Fields.Any(field => field.Role == Engine.Schemas.TimeRole.Event)))
        {
            return null;
        }

        var errors = new PlanErrors();
        var plan = PipelinePlanner.TryPlan(new GraphBuilder(options, []).Build(), errors);
        foreach (var error in errors.All)
        {
            Add(context, error);
        }

        return plan;
    }

    private static void Add(ReadContext context, PlanError error)
    {
        if (context.TryFindPlace(error.Place, out var place))
        {
            var (key, message) = (place.Key, error.Message);
            if (FieldPattern().Match(message) is { Success: true } match && context.TryFindKey($"pipeline.data-map.{match.Groups["field"].Value}", out var field))
            {
                (key, message, place.Origin) = ($"pipeline.data-map.{match.Groups["field"].Value}", match.Groups["rest"].Value, field);
            }

            context.Add(place.Origin, key, message);
        }
        else
        {
            context.Add(new HoconOrigin("pipeline", 0, 0), error.Place, error.Message);
        }
    }

    // Parsers name the field at fault in front of what is wrong with it.
    [GeneratedRegex(@"\Afield '(?<field>[a-zA-Z0-9_-]+)': (?<rest>.*)\z", RegexOptions.Singleline)]
    private static partial Regex FieldPattern();
}
