using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Operators.Tokenize;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads <c>pipeline.data-map</c> and checks it as a whole.</summary>
internal static class DataMapSection
{
    public static DataMapOptions Read(Section pipeline, string subject)
    {
        var place = pipeline.Child("data-map");
        var sections = pipeline.Children("data-map");
        if (sections.Count == 0)
        {
            pipeline.Missing("data-map", "an object with one entry for each field, such as page { type = text, class = attribute }");
        }

        var fields = sections.Select(FieldSection.Read).ToList();
        var unsound = Check(sections, fields, place);
        CheckSubject(pipeline, fields, unsound, subject);
        return new DataMapOptions(new DataMap([.. StandIns(fields, unsound, subject)]), place.Place);
    }

    private static HashSet<string> Check(IReadOnlyList<Section> sections, List<FieldDefinition> fields, Section place)
    {
        var unsound = new HashSet<string>();
        var before = place.Context.Errors;
        foreach (var (field, message) in new DataMap(fields).Validate())
        {
            var section = sections.FirstOrDefault(s => s.Name == field);
            if (section is null && sections.Count > 0)
            {
                place.Error(message);
            }
            else if (section is not null)
            {
                unsound.Add(field);
                if (!HasError(before, section))
                {
                    section.Error(message);
                }
            }
        }

        return unsound;
    }

    private static void CheckSubject(Section pipeline, List<FieldDefinition> fields, HashSet<string> unsound, string subject)
    {
        var field = fields.Find(field => field.Name == subject);
        if (subject.Length == 0 || fields.Count == 0 || field?.Treatment is TokenTreatment)
        {
            return;
        }

        if (field is null)
        {
            // The stand-in reads an element that every format may have, so that it causes no mistake of its own.
            fields.Add(new FieldDefinition { Name = subject, From = "client", Type = FieldType.Text, Class = FieldClass.Attribute });
            pipeline.Error("subject", $"found '{subject}', which is no field of the data map{Suggestion.For(subject, fields.SkipLast(1).Select(f => f.Name))}; allowed is the name of a field with treatment token");
        }
        else if (!unsound.Contains(subject))
        {
            pipeline.Error("subject", $"field '{subject}' has no treatment token; allowed is a field with it: the privacy unit is a token");
        }

        unsound.Add(subject);
    }

    // What follows from a mistake that was already reported is not reported again.
    private static bool HasError(IReadOnlyList<ConfigurationError> errors, Section section) =>
        errors.Any(error => error.Key.StartsWith(section.Path + ".", StringComparison.Ordinal));

    // Fields with mistakes are planned as if they were harmless, so that mistakes elsewhere are found as well.
    private static IEnumerable<FieldDefinition> StandIns(List<FieldDefinition> fields, HashSet<string> unsound, string subject)
    {
        foreach (var field in fields.Where(field => field.Name.Length is > 0 and <= 64))
        {
            yield return !unsound.Contains(field.Name)
                ? field
                : new FieldDefinition
                {
                    Name = field.Name,
                    From = field.From,
                    Type = FieldType.Text,
                    Class = FieldClass.Attribute,
                    Treatment = field.Name == subject ? new TokenTreatment() : null,
                };
        }
    }
}
